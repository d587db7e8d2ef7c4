/// What a request is answered with.
///
/// `Content-Length`, `Date` and, where it is due, `Connection: close` are added on the way. The body is
/// left out of the answer to a HEAD, its length is not.
public struct Response: Sendable, Equatable {
  /// 200 to 599; anything else is sent as a 500.
  public var status: Int
  /// Fields whose name or value HTTP does not allow (a line break, say) are left out.
  public var headers: [HeaderField]
  public var body: [UInt8]
  /// In the place of `body`, one that is written while it is sent.
  public var stream: ResponseStream?

  public init(_ status: Int, headers: [HeaderField] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A sentence for people, with a line break behind it.
  public static func text(_ status: Int, _ sentence: String, headers: [HeaderField] = []) -> Response {
    Response(
      status, headers: [HeaderField("Content-Type", "text/plain; charset=utf-8")] + headers,
      body: Array((sentence + "\n").utf8))
  }

  /// 503, and when to come again.
  static func unavailable(_ sentence: String, retryAfter: Duration) -> Response {
    let seconds = max(1, retryAfter.components.seconds)
    return .text(503, sentence, headers: [HeaderField("Retry-After", "\(seconds)")])
  }
}
