/// What is known of a request before its body is read.
public struct RequestHead: Sendable {
  /// As sent, case and all: `POST`.
  public let method: String
  /// The path as sent, not percent-decoded: a `%2F` in a segment is still one. `*` for `OPTIONS *`.
  public let path: String
  /// What stands behind the first `?`, as sent; empty without one.
  public let query: String
  public let headers: Headers
  /// The peer's numeric address, without the port; an IPv4 peer of an IPv6 socket is written as IPv4.
  public let remoteAddress: String
  /// Whom the client's certificate names; nil where it has shown none, or was not asked.
  public let clientCertificate: ClientCertificate?
  /// Bytes of the body as declared; nil when the body is chunked, 0 when there is none.
  public let contentLength: Int?

  public init(
    method: String, path: String, query: String = "", headers: Headers = Headers(), remoteAddress: String = "",
    clientCertificate: ClientCertificate? = nil, contentLength: Int? = 0
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.remoteAddress = remoteAddress
    self.clientCertificate = clientCertificate
    self.contentLength = contentLength
  }
}
