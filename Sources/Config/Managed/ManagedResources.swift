public import JSON
import Rules

/// What was made, changed and removed while the gateway ran, laid over what the file says. A pure value.
///
/// A name that the file has as well keeps its place. One that it has not comes first: a route that is added must
/// not stand behind the one that takes everything.
public struct ManagedResources: Equatable, Sendable {
  /// Who may change something: its word is the one that holds.
  public enum Owner: String, CaseIterable, Sendable { case file, api }

  /// Name to `{"revision": …, "spec": …}`, without a spec where it was removed.
  private var entries: [ResourceKind: JSONObject] = [:]
  /// The routes by name, as they were put in order; empty: as the file and time have it.
  private var routeOrder: [String] = []

  public init() {}

  public var isEmpty: Bool { entries.values.allSatisfy(\.isEmpty) && routeOrder.isEmpty }

  /// Makes `spec` the resource called `name`, or removes it where `spec` is nil.
  public mutating func set(
    _ kind: ResourceKind, _ name: String, _ spec: JSONValue?, revision: Int, over file: ConfigurationDocument
  ) {
    let standing = file.resource(kind, name)?.spec
    guard spec != standing else { return setEntry(kind, name, nil) }
    var entry = JSONObject([("revision", .integer(Int64(revision)))])
    entry["spec"] = spec
    setEntry(kind, name, .object(entry))
  }

  /// Removes the resources called so.
  public mutating func remove(_ names: [ResourceName], revision: Int, over file: ConfigurationDocument) {
    for kind in ResourceKind.allCases {
      let names = names.filter { $0.kind == kind }.map(\.name)
      // What the file has not is removed in one go: each alone would cost a look at all.
      let own = Set(names.filter { file.resource(kind, $0) == nil })
      if !own.isEmpty { entries[kind]?.remove(own) }
      for name in names where !own.contains(name) { set(kind, name, nil, revision: revision, over: file) }
    }
  }

  /// Makes the resources of `whole` the ones that hold, and their order the order of the routes.
  public mutating func replace(by whole: JSONValue, revision: Int, over file: ConfigurationDocument) {
    for kind in ResourceKind.allCases {
      let wanted = ConfigurationDocument.members(of: whole, kind)
      let names = Set(wanted.map(\.name))
      let specs = ConfigurationDocument.specs(in: source(over: file, .api), kind)
      for name in specs.keys.sorted() where !names.contains(name) {
        set(kind, name, nil, revision: revision, over: file)
      }
      for member in wanted where specs[member.name] != member.spec {
        set(kind, member.name, member.spec, revision: revision, over: file)
      }
    }
    routeOrder = []
    let wanted = ConfigurationDocument.members(of: whole, .routes).map(\.name)
    if ConfigurationDocument.members(of: source(over: file, .api), .routes).map(\.name) != wanted {
      routeOrder = wanted
    }
  }

  /// The revision in which the resource was last changed here; 0: never.
  public func revision(_ kind: ResourceKind, _ name: String) -> Int {
    entries[kind]?[name]?["revision"]?.integer.map(Int.init) ?? 0
  }

  /// Who has the say about a name, when `rule` says who wins where both do.
  public func owner(
    _ kind: ResourceKind, _ name: String, over file: ConfigurationDocument, _ rule: Owner
  ) -> Owner {
    guard file.resource(kind, name) != nil else { return .api }
    return rule == .file || entries[kind]?[name] == nil ? .file : .api
  }

  /// What is here for names that the file has too.
  public func overlaps(with file: ConfigurationDocument) -> [(kind: ResourceKind, name: String)] {
    ResourceKind.allCases.flatMap { kind in
      let names = Set(file.resources(kind).map(\.resource.name))
      return (entries[kind]?.names ?? []).filter(names.contains).map { (kind, $0) }
    }
  }

  /// The text of `file` with these laid over it; where both know a name, `rule` says whose word holds.
  public func source(over file: ConfigurationDocument, _ rule: Owner) -> JSONValue {
    guard !isEmpty, var source = file.source.object else { return file.source }
    for kind in ResourceKind.allCases { lay(kind, over: file, rule, into: &source) }
    return .object(source)
  }

  /// The same without what its routes are.
  func frame(over file: ConfigurationDocument, _ rule: Owner) -> JSONValue {
    guard !isEmpty, var frame = file.frame.object else { return file.frame }
    for kind in ResourceKind.allCases where kind != .routes { lay(kind, over: file, rule, into: &frame) }
    return .object(frame)
  }

  private func lay(
    _ kind: ResourceKind, over file: ConfigurationDocument, _ rule: Owner, into source: inout JSONObject
  ) {
    var members = members(kind, over: file, rule)
    guard !members.isEmpty || source[kind.rawValue] != nil else { return }
    if kind == .routes { members = ordered(members, file) }
    source[kind.rawValue] =
      kind.isList ? .array(members.map(\.spec)) : .object(JSONObject(members.map { ($0.name, $0.spec) }))
  }

  /// The text that holds for a name; nil where there is none.
  public func spec(
    _ kind: ResourceKind, _ name: String, over file: ConfigurationDocument, _ rule: Owner
  ) -> JSONValue? {
    let standing = file.resource(kind, name)?.spec
    guard let entry = entries[kind]?[name], rule == .api || standing == nil else { return standing }
    return entry["spec"]
  }

  /// Where a route that has been set here and is not yet in `draft`, which is all else but others behind it, comes to stand
  /// there.
  func place(ofNewRoute name: String, in draft: RoutesDraft, over file: ConfigurationDocument) -> Int {
    let own = entries[.routes] ?? JSONObject()
    // Those added here come first.
    let added = draft.routes.partitioningPoint { own[$0.name] != nil && file.place(ofRoute: $0.name) == nil }
    guard let place = file.place(ofRoute: name) else { return added }
    for before in file.configuration.routes[..<place].reversed() {
      if let place = draft.place(of: before.name) { return place + 1 }
    }
    return added
  }

  /// Whether routes stand as the file and time have it.
  var hasNoOrder: Bool { routeOrder.isEmpty }

  /// Whether `names`, routes that `file` has not, stand behind all other routes that were added here, in this order; told by a
  /// look at the last `most` routes that were set or removed here.
  func ends(with names: [String], over file: ConfigurationDocument, most: Int) -> Bool {
    let last = entries[.routes]?.lastNames(most).filter { file.place(ofRoute: $0) == nil } ?? []
    return hasNoOrder && last.suffix(names.count) == names[...]
  }

  /// All that these have otherwise than `old`; nil where it is also their order.
  public func differences(from old: Self) -> [ResourceName]? {
    guard routeOrder == old.routeOrder else { return nil }
    var different: [ResourceName] = []
    for kind in ResourceKind.allCases {
      let (before, after) = (old.entries[kind] ?? JSONObject(), entries[kind] ?? JSONObject())
      let left = before.names.filter { after[$0] != nil }
      let names = after.names
      guard names.starts(with: left), names.dropFirst(left.count).allSatisfy({ before[$0] == nil }) else { return nil }
      let changed = before.names.filter { after[$0] == nil } + names.filter { before[$0] != after[$0] }
      different += changed.map { ResourceName(kind, $0) }
    }
    return different
  }

  private func members(
    _ kind: ResourceKind, over file: ConfigurationDocument, _ rule: Owner
  ) -> [(name: String, spec: JSONValue)] {
    let standing = ConfigurationDocument.members(of: kind == .routes ? file.source : file.frame, kind)
    let names = Set(standing.map(\.name))
    let own = entries[kind] ?? JSONObject()
    let added = own.filter { !names.contains($0.name) }.compactMap { member in
      member.value["spec"].map { (name: member.name, spec: $0) }
    }
    let kept = standing.compactMap { member -> (name: String, spec: JSONValue)? in
      guard rule == .api, let entry = own[member.name] else { return (member.name, member.spec) }
      return entry["spec"].map { (member.name, $0) }
    }
    return kind.isList ? added + kept : kept + added
  }

  /// Names that the order does not know stay outside of it: those added here first, those new in the file last.
  private func ordered(
    _ members: [(name: String, spec: JSONValue)], _ file: ConfigurationDocument
  ) -> [(name: String, spec: JSONValue)] {
    guard !routeOrder.isEmpty else { return members }
    let ranks = Dictionary(routeOrder.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
    let names = Set(file.resources(.routes).map(\.resource.name))
    return members.enumerated()
      .map { (rank: ranks[$0.element.name] ?? (names.contains($0.element.name) ? .max : -1), $0.offset, $0.element) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
      .map(\.2)
  }
}

extension ManagedResources {
  /// As it is stored.
  public var json: JSONValue {
    var object = JSONObject()
    for kind in ResourceKind.allCases where entries[kind]?.isEmpty == false {
      object[kind.rawValue] = entries[kind].map(JSONValue.object)
    }
    if !routeOrder.isEmpty { object["route_order"] = .array(routeOrder.map(JSONValue.string)) }
    return .object(object)
  }

  /// What is here for one name, as it is stored; nil: nothing.
  public func entry(_ name: ResourceName) -> JSONValue? { entries[name.kind]?[name.name] }

  /// Puts there what `entry` gave for each.
  public mutating func setEntries(_ new: [(name: ResourceName, entry: JSONValue?)]) {
    for kind in ResourceKind.allCases {
      let gone = new.filter { $0.name.kind == kind && $0.entry == nil }.map(\.name.name)
      if !gone.isEmpty { entries[kind]?.remove(Set(gone)) }
    }
    for (name, entry) in new where entry != nil { setEntry(name.kind, name.name, entry) }
  }

  private mutating func setEntry(_ kind: ResourceKind, _ name: String, _ entry: JSONValue?) {
    entries[kind, default: JSONObject()][name] = entry
  }

  /// nil when `json` is not what `json` gave.
  public init?(_ json: JSONValue) {
    guard let object = json.object else { return nil }
    for (name, value) in object {
      if name == "route_order" {
        guard let names = value.array else { return nil }
        routeOrder = names.compactMap(\.string)
      } else {
        guard let kind = ResourceKind(rawValue: name), let members = value.object,
          members.allSatisfy({ $0.value["revision"]?.integer != nil })
        else { return nil }
        entries[kind] = members
      }
    }
  }
}
