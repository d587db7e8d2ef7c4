/// The members of a JSON object, in the order in which they were read or added.
///
/// Most have a few, which are looked through; of many, each is found by name in constant time. Two objects are equal when
/// they have the same members, in whatever order.
public struct JSONObject: Sendable {
  public typealias Element = (name: String, value: JSONValue)

  /// So many are looked through faster than a name is hashed.
  private static var few: Int { 16 }

  private var members: [Element] = []
  /// Where each stands; empty while there are few.
  private var places: [String: Int] = [:]

  public init() {}

  /// A name given twice keeps its first place and its last value.
  public init(_ members: some Sequence<(String, JSONValue)>) {
    for (name, value) in members { self[name] = value }
  }

  public var count: Int { members.count }
  public var isEmpty: Bool { members.isEmpty }
  public var names: [String] { members.map(\.name) }
  /// In their order.
  public func lastNames(_ count: Int) -> [String] { members.suffix(count).map(\.name) }

  /// The member called `name`. Setting adds it at the end or replaces it in place; setting nil removes it, at a cost
  /// that grows with the number of members.
  public subscript(name: String) -> JSONValue? {
    get { place(of: name).map { members[$0].value } }
    set {
      switch (place(of: name), newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): remove(at: place)
      case (nil, let value?): append((name, value))
      case (nil, nil): break
      }
    }
  }

  private func place(of name: String) -> Int? {
    members.count > Self.few ? places[name] : members.firstIndex { $0.name == name }
  }

  private mutating func append(_ member: Element) {
    members.append(member)
    if members.count == Self.few + 1 { findPlaces() }
    if members.count > Self.few { places[member.name] = members.count - 1 }
  }

  private mutating func remove(at place: Int) {
    members.remove(at: place)
    findPlaces()
  }

  /// Removes the members called so, at the cost of removing one.
  public mutating func remove(_ names: Set<String>) {
    members.removeAll { names.contains($0.name) }
    findPlaces()
  }

  private mutating func findPlaces() {
    places.removeAll()
    guard members.count > Self.few else { return }
    for (place, member) in members.enumerated() { places[member.name] = place }
  }
}

extension JSONObject: Equatable {
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count && left.members.allSatisfy { right[$0.name] == $0.value }
  }
}

extension JSONObject: Sequence {
  /// The members in order.
  public func makeIterator() -> IndexingIterator<[Element]> { members.makeIterator() }
}
