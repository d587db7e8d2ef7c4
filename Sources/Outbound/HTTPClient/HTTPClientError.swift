/// Why an `HTTPClient` has no answer.
public enum HTTPClientError: Error, Equatable, Sendable {
  /// No `http` or `https` URL.
  case badURL(String)
  /// No connection, or it broke, or it took too long; in libcurl's words.
  case failed(String)
  /// The body is longer than asked for.
  case tooLarge(limit: Int)
}
