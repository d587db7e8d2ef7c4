import Memory

/// Names and units of metrics, remembered up to a bound. One thread.
final class MetricNames {
  private static let mostNames = 8192

  private let naming: MetricNaming
  private let hash = ByteHash()
  private let table = ByteTable(limit: mostNames, bytes: 1 << 20)
  private let texts = FixedMemory(capacity: 4 << 20)
  private let names: UnsafeMutablePointer<MetricName>
  /// For which body and with which help text the metadata of a name were told last.
  private let told: UnsafeMutablePointer<(body: UInt64, help: UInt64)>
  /// In which scope of which resource a name was met last, both by number.
  private let met: UnsafeMutablePointer<(resource: UInt64, scope: UInt64)>
  private var areTextsFull = false
  /// Where the name behind the one that was asked for last is remembered: bodies have their metrics in the same order. A
  /// guess, unchecked as it changes for every metric.
  @exclusivity(unchecked) private var expected = 0

  init(_ naming: MetricNaming) {
    self.naming = naming
    names = .allocate(capacity: Self.mostNames)
    told = .allocate(capacity: Self.mostNames)
    met = .allocate(capacity: Self.mostNames)
  }

  deinit {
    names.deallocate()
    told.deallocate()
    met.deallocate()
  }

  /// Forgets all names if one could not be kept. What was handed out is dead then.
  func makeRoom() {
    guard table.isFull || areTextsFull else { return }
    table.removeAll()
    texts.removeAll()
    areTextsFull = false
  }

  /// The name of a metric; one that cannot be kept is written to `scratch`.
  func name(
    _ name: UnsafeRawBufferPointer, unit: UnsafeRawBufferPointer, kind: MetricKind, scratch: inout ScratchMemory
  ) -> MetricName {
    if let index = known(name, unit, kind.rawValue) { return names[index] }
    let unitBytes = Array(unit)
    let text = naming.name(Array(name), unit: unitBytes, kind: kind)
    let nameText = repaired(text ?? [])
    let unitText = UnitNaming.metadata(of: unitBytes)
    let size = MetricName.size(name: nameText.count, unit: unitText.count, kind: kind)
    let isKept = name.count + unit.count <= ByteTable.longestKey
    let room = isKept ? texts.take(size) : nil
    if isKept, room == nil { areTextsFull = true }
    let target = room ?? scratch.take(size)
    var result = nameText.withUnsafeBytes { name in
      unitText.withUnsafeBytes { MetricName(name, unit: $0, kind: kind, to: target) }
    }
    result.isValid = text != nil
    guard room != nil, let index = table.add(name, unit, kind: kind.rawValue) else { return result }
    result.index = index
    names[index] = result
    told[index] = (0, 0)
    met[index] = (0, 0)
    return result
  }

  @inline(__always) private func known(
    _ name: UnsafeRawBufferPointer, _ unit: UnsafeRawBufferPointer, _ kind: UInt8
  ) -> Int? {
    let guess = expected
    let isRight = table.isKey(guess, name, unit, kind: kind)
    guard let index = isRight ? guess : table.find(name, unit, kind: kind) else { return nil }
    expected = index &+ 1
    return index
  }

  /// Whether the metadata of `name` are to be told in the body numbered `body`: only once with each help text.
  func isNews(_ name: MetricName, help: UnsafeRawBufferPointer, body: UInt64) -> Bool {
    guard name.index >= 0 else { return true }
    let mark = help.baseAddress.map { hash($0.assumingMemoryBound(to: UInt8.self), help.count) } ?? 0
    if told[name.index].body == body, told[name.index].help == mark { return false }
    told[name.index] = (body, mark)
    return true
  }

  /// Notes that a metric called `name` is in a scope of a resource.
  ///
  /// - Returns: the scope of the same resource where it was met before, if that is another one.
  @inline(__always) func meet(_ name: MetricName, resource: UInt64, scope: UInt64) -> UInt64? {
    guard name.index >= 0 else { return nil }
    let before = met[name.index]
    met[name.index] = (resource, scope)
    return before.resource == resource && before.scope != scope ? before.scope : nil
  }

  private func repaired(_ name: [UInt8]) -> [UInt8] {
    naming.strategy.escapes ? name : name.withUnsafeBytes { UTF8Text.repaired($0) }
  }
}
