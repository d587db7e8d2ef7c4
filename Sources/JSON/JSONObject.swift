/// The members of a JSON object, in the order in which they were read or added; found by name in constant time.
///
/// Two objects are equal when they have the same members, in whatever order.
public struct JSONObject: Sendable {
  public private(set) var names: [String] = []
  private var values: [String: JSONValue] = [:]

  public init() {}

  /// A name given twice keeps its first place and its last value.
  public init(_ members: some Sequence<(String, JSONValue)>) {
    for (name, value) in members { self[name] = value }
  }

  public var count: Int { names.count }
  public var isEmpty: Bool { names.isEmpty }

  /// The member called `name`. Setting adds it at the end or replaces it in place; setting nil removes it, at a cost
  /// that grows with the number of members.
  public subscript(name: String) -> JSONValue? {
    get { values[name] }
    set {
      let old = values[name]
      values[name] = newValue
      if old == nil, newValue != nil { names.append(name) }
      if old != nil, newValue == nil { names.removeAll { $0 == name } }
    }
  }
}

extension JSONObject: Equatable {
  public static func == (left: JSONObject, right: JSONObject) -> Bool { left.values == right.values }
}

extension JSONObject: Sequence {
  /// The members in order.
  public func makeIterator() -> AnyIterator<(name: String, value: JSONValue)> {
    var remaining = names.makeIterator()
    return AnyIterator {
      guard let name = remaining.next(), let value = values[name] else { return nil }
      return (name, value)
    }
  }
}
