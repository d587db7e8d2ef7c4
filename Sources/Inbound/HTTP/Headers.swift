/// The header fields of a request, in the order in which they came. Names compare without case, as HTTP demands.
public struct Headers: Sendable, Equatable {
  public let fields: [HeaderField]

  public init(_ fields: [HeaderField] = []) {
    self.fields = fields
  }

  /// The value of the first field called `name`; nil when there is none.
  public func first(_ name: String) -> String? {
    fields.first { Self.matches($0.name, name) }?.value
  }

  /// The values of all fields called `name`, in order. Lists with commas are not taken apart.
  public func values(_ name: String) -> [String] {
    fields.lazy.filter { Self.matches($0.name, name) }.map(\.value)
  }

  /// Whether two names are the same but for the case of ASCII letters.
  static func matches(_ left: String, _ right: String) -> Bool {
    let (left, right) = (left.utf8, right.utf8)
    return left.count == right.count && zip(left, right).allSatisfy { lowercase($0) == lowercase($1) }
  }

  /// Whether `name` begins with `prefix`, but for case, and goes on behind it.
  static func extends(_ name: String, beyond prefix: String) -> Bool {
    let (name, prefix) = (name.utf8, prefix.utf8)
    return name.count > prefix.count && zip(name, prefix).allSatisfy { lowercase($0) == lowercase($1) }
  }

  @inline(__always)
  private static func lowercase(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
  }
}
