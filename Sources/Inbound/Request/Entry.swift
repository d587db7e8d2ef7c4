/// How a request enters: what is done with its body, and what it is answered if that is settled already.
enum Entry: Equatable {
  /// The body is taken in, up to so many bytes.
  case receive(limit: Int)
  /// The body, of so many bytes, is thrown away; then comes the answer, and the connection lives on.
  case discard(Int, then: Response)
  /// The answer goes out before the body is read, and the connection is closed behind it.
  case answerNow(Response)
}

/// How busy the server is, as far as a request has to know.
struct Load: Equatable {
  /// The request's connection is one too many.
  var isBeyondConnectionLimit = false
  /// Exchanges that wait for a worker.
  var waiting = 0
  /// How long one more would wait.
  var expectedWait = Duration.zero
  /// Bytes that bodies may still take.
  var freeBytes = Int.max
}

/// Decides how a request with `head` enters, and names the refusal if it is one.
func entry(of head: RequestHead, admission: Admission, load: Load, options: ServerOptions) -> (Entry, Refusal?) {
  switch admission {
  case .answer(let response):
    return (settled(response, head, options), nil)
  case .accept(let bound, _):
    let limit = min(bound, options.maxBodyBytes)
    if let length = head.contentLength, length > limit {
      return (.answerNow(.bodyTooLarge(limit: limit)), .bodyTooLarge)
    }
    if load.isBeyondConnectionLimit {
      let response = Response.unavailable("Too many connections.", retryAfter: options.retryAfter)
      return (settled(response, head, options), .connectionLimit)
    }
    if load.waiting >= options.pendingLimit || load.expectedWait > options.longestWait {
      let response = Response.unavailable("Too many requests wait.", retryAfter: options.retryAfter)
      return (settled(response, head, options), .pendingLimit)
    }
    // Of a chunked body nobody knows the length: it is let in if there is room for a usual one.
    if head.contentLength != 0, load.freeBytes < head.contentLength ?? min(limit, usualBody) {
      let response = Response.unavailable(noMemory, retryAfter: options.retryAfter)
      return (settled(response, head, options), .memoryLimit)
    }
    return (.receive(limit: min(limit, head.contentLength ?? limit)), nil)
  }
}

private let usualBody = 64 << 10
let noMemory = "Too much memory is in use."

/// A client that is in the middle of sending may lose an answer behind which the connection is closed, for the
/// close comes to it as a reset. So a short body is awaited, unless the client waits to be asked for it.
private func settled(_ response: Response, _ head: RequestHead, _ options: ServerOptions) -> Entry {
  guard let length = head.contentLength, length <= options.discardLimit else { return .answerNow(response) }
  if length > 0, head.headers.first("Expect") != nil { return .answerNow(response) }
  return .discard(length, then: response)
}

extension Response {
  static func bodyTooLarge(limit: Int) -> Response {
    .text(413, "The body is longer than \(limit) bytes.")
  }
}
