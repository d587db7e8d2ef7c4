import Memory
import Model

/// What all points of one resource and scope share: labels, and for `target_info` the attributes and the times.
///
/// Labels point into memory of its own, which `beginResource` frees. One thread.
struct SharedContext: ~Copyable {
  /// Why no point of this resource or scope can be taken.
  struct Fault {
    var reason: RefusalReason
    var detail: String

    init(_ key: UnsafeRawBufferPointer) {
      reason = .invalidName
      detail = "the attribute \"\(key.excerpt)\" cannot be made a label"
    }

    /// There are more labels than `mostLabels`.
    init(tooMany owner: String) {
      reason = .invalidName
      detail = "the \(owner) has more than \(SharedContext.mostLabels) attributes to be made labels"
    }
  }

  /// As many labels may a resource or a scope give to its series: far more than any backend takes, and few enough that
  /// a hostile request does not make each metric expensive.
  private static let mostLabels = 1024

  /// The resource's attributes as they lie in the body.
  private(set) var attributes = Column<Stretch>()
  /// How many of them tell more than which job and instance this is.
  private(set) var tellingAttributes = 0
  /// How many of those are no label of the series either.
  private(set) var untoldAttributes = 0
  /// `job` and `instance`, as far as there are any.
  private(set) var identity = SharedLabels()
  /// All labels that every point of the scope gets, in the order of their names.
  private(set) var labels = SharedLabels()
  private(set) var fault: Fault?
  /// The first and the last point of the resource, in nanoseconds.
  private(set) var earliest = UInt64.max
  private(set) var latest: UInt64 = 0

  private let settings: OTLPSettings
  private let promoted: Set<[UInt8]>
  private let naming: LabelNaming
  private var scratch = ScratchMemory(chunkSize: 16 << 10)
  private let text = Buffer(capacity: 1024)
  /// The labels that the resource gives: those that were promoted, then its identity.
  private var resourceLabels = SharedLabels()
  private var scopeLabels = SharedLabels()
  private var hasScopeLabels = false
  private var resourceFault: Fault?

  init(_ settings: OTLPSettings) {
    self.settings = settings
    naming = LabelNaming(settings)
    promoted =
      switch settings.promotion {
      case .listed(let keys), .allBut(let keys): Set(keys.map { Array($0.utf8) })
      }
  }

  @inline(__always) mutating func note(time: UInt64) {
    if time < earliest { earliest = time }
    if time > latest { latest = time }
  }

  /// Forgets the resource before.
  mutating func beginResource() {
    attributes.truncate()
    tellingAttributes = 0
    identity.removeAll()
    labels.removeAll()
    resourceLabels.removeAll()
    hasScopeLabels = false
    resourceFault = nil
    fault = nil
    earliest = .max
    latest = 0
    scratch.removeAll()
  }

  /// Reads a part of the resource; there may be several.
  mutating func readResource(_ message: WireReader) throws(WireError) {
    var reader = message
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A:
        let attribute = try reader.message()
        guard attributes.count < PointParts.most else { throw WireError(.tooLarge, at: attribute.position) }
        attributes.append(Stretch(start: attribute.position, end: attribute.end))
      case 0x10: _ = try reader.varint()
      default: try reader.skip(tag, known: 0b1110)
      }
    }
  }

  /// Makes the labels of the resource once all of it was read.
  mutating func endResource(_ body: WireReader) throws(WireError) {
    var found = Identity()
    var told = 0
    for index in 0..<attributes.count {
      let attribute: KeyValue
      do { attribute = try KeyValue(body.reader(attributes[index].start, attributes[index].end)) } catch {
        throw error.inside("attributes")
      }
      let key = body.stretch(attribute.keyStart, attribute.keyEnd)
      if !found.take(key, attribute.value) { tellingAttributes += 1 }
      if isPromoted(key) {
        if !Identity.isIdentifying(key) { told += 1 }
        let name = naming.name(Array(key))
        if let label = try label(name, attribute.value, body, .yields) {
          resourceLabels.add(label)
        } else {
          resourceFault = resourceFault ?? Fault(key)
        }
      }
    }
    untoldAttributes = tellingAttributes - told
    try addIdentity(found, body)
    resourceLabels.add(contentsOf: identity)
    if resourceLabels.labels.count > Self.mostLabels {
      resourceFault = Fault(tooMany: "resource")
      resourceLabels.removeAll()
    }
    resourceLabels.arrange()
    labels.add(contentsOf: resourceLabels)
  }

  private func isPromoted(_ key: UnsafeRawBufferPointer) -> Bool {
    switch settings.promotion {
    case .listed: !promoted.isEmpty && promoted.contains(Array(key))
    case .allBut: promoted.isEmpty || !promoted.contains(Array(key))
    }
  }

  private mutating func addIdentity(_ found: Identity, _ body: WireReader) throws(WireError) {
    text.count = 0
    if let instance = found.instance {
      _ = try AttributeText.append(instance, of: body, to: text)
      addIdentity("instance")
    }
    guard let name = found.name else { return }
    if let namespace = found.namespace {
      _ = try AttributeText.append(namespace, of: body, to: text)
      text.append(UInt8(ascii: "/"))
    }
    _ = try AttributeText.append(name, of: body, to: text)
    addIdentity("job")
  }

  private mutating func addIdentity(_ name: StaticString) {
    if text.count > 0 { identity.add(SharedLabel(name.bytes, scratch.label(name, text.bytes), .replaces)) }
    text.count = 0
  }

  /// Makes the labels of a scope of this resource.
  mutating func beginScope(_ scope: ScopeMessage, _ body: WireReader) throws(WireError) {
    fault = resourceFault
    let isLabelled = settings.promotesScopeMetadata && !scope.name.isEmpty
    guard isLabelled || hasScopeLabels else { return }
    hasScopeLabels = isLabelled
    scopeLabels.removeAll()
    if isLabelled { try addScope(scope, body) }
    if scopeLabels.labels.count > Self.mostLabels {
      fault = fault ?? Fault(tooMany: "scope")
      scopeLabels.removeAll()
    }
    scopeLabels.arrange()
    labels.merge(resourceLabels, scopeLabels.labels)
  }

  private mutating func addScope(_ scope: ScopeMessage, _ body: WireReader) throws(WireError) {
    let prefix = Array("otel_scope_".utf8)
    for stretch in scope.attributes {
      let attribute = try KeyValue(body.reader(stretch.start, stretch.end))
      let key = body.stretch(attribute.keyStart, attribute.keyEnd)
      let name = naming.name(prefix + key)
      if let label = try label(name, attribute.value, body, .replaces) {
        scopeLabels.add(label)
      } else {
        fault = fault ?? Fault(key)
      }
    }
    add("otel_scope_name", scope.name)
    add("otel_scope_version", scope.version)
    add("otel_scope_schema_url", scope.schemaURL)
  }

  /// Adds a label of the scope; one without a value takes others of that name away.
  private mutating func add(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
    text.count = 0
    AttributeText.appendUTF8(value, to: text)
    scopeLabels.add(SharedLabel(name.bytes, label(name.bytes), .replaces))
  }

  /// The label called `name` with the text of an attribute, or nil where there is no name for it.
  private mutating func label(
    _ name: [UInt8]?, _ value: AnyValue, _ body: WireReader, _ rule: SharedLabel.Rule
  ) throws(WireError) -> SharedLabel? {
    guard let name else { return nil }
    text.count = 0
    if try !AttributeText.append(value, of: body, to: text) { text.count = 0 }
    let kept = scratch.copy(name)
    return SharedLabel(kept, label(kept), rule)
  }

  private mutating func label(_ name: UnsafeRawBufferPointer) -> Fragment {
    let fragment = scratch.label(name, text.bytes)
    return text.count > 0 ? fragment : Fragment(bytes: fragment.bytes, count: 0)
  }
}

extension ScratchMemory {
  /// Keeps text, with U+FFFD for what is not UTF-8.
  mutating func copy(_ text: [UInt8]) -> UnsafeRawBufferPointer {
    let valid = text.withUnsafeBytes { UTF8Text.repaired($0) }
    return valid.withUnsafeBytes { UnsafeRawBufferPointer(start: copy($0), count: $0.count) }
  }
}

extension UnsafeRawBufferPointer {
  /// The bytes as text, cut short where they are many: for messages.
  var excerpt: String {
    count <= 200 ? text : UnsafeRawBufferPointer(rebasing: self[..<200]).text + "…"
  }
}
