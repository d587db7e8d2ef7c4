/// One line of a header block. Equality is exact; lookups by name are in `Headers`.
public struct HeaderField: Sendable, Equatable {
  /// As it was written; never empty in a request.
  public let name: String
  /// Without the white space around it.
  public let value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
