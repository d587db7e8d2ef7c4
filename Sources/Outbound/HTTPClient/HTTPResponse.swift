/// An answer to an `HTTPClient`.
public struct HTTPResponse: Sendable {
  public let status: Int
  /// In the order in which they came.
  public let headers: [(name: String, value: String)]
  public let body: [UInt8]

  /// The last value of a header; names compare without case.
  public func header(_ name: String) -> String? {
    headers.last { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The body as text; what is no UTF-8 becomes the replacement character.
  public var text: String { String(decoding: body, as: UTF8.self) }
}
