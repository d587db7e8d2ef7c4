internal import CCurl

/// A small HTTP client for tools: one request after the other, the caller waits, the connection is kept.
///
/// Redirects are not followed, a proxy is not used. Owned by one thread; a deadline holds for each request.
public final class HTTPClient {
  private let handle: EasyHandle
  private let timeout: Duration
  private let tls: TLSOptions
  private let largestBody: Int

  /// - Parameters:
  ///   - timeout: for a whole request.
  ///   - largestBody: of an answer, in bytes.
  /// - Throws: `HTTPClientError.failed` when libcurl does not start.
  public init(
    userAgent: String = "sluice", timeout: Duration = .seconds(30), tls: TLSOptions = TLSOptions(),
    largestBody: Int = 16 << 20
  ) throws(HTTPClientError) {
    self.timeout = timeout
    self.tls = tls
    self.largestBody = largestBody
    do throws(CurlError) {
      handle = try EasyHandle(userAgent: userAgent, largestBody: largestBody)
    } catch {
      throw .failed(error.text)
    }
  }

  public func get(_ url: String, headers: [HeaderField] = []) throws(HTTPClientError) -> HTTPResponse {
    try perform(url) { handle throws(CurlError) in try handle.get(headers: headers) }
  }

  public func post(
    _ url: String, headers: [HeaderField] = [], body: UnsafeRawBufferPointer
  ) throws(HTTPClientError) -> HTTPResponse {
    try perform(url) { handle throws(CurlError) in try handle.post(body, headers: headers) }
  }

  public func post(
    _ url: String, headers: [HeaderField] = [], body: [UInt8]
  ) throws(HTTPClientError) -> HTTPResponse {
    let result: Result<HTTPResponse, HTTPClientError> = body.withUnsafeBytes { bytes in
      Result { () throws(HTTPClientError) in try post(url, headers: headers, body: bytes) }
    }
    return try result.get()
  }

  /// A request of any method; without a body when `body` is nil.
  public func send(
    _ method: String, _ url: String, headers: [HeaderField] = [], body: [UInt8]?
  ) throws(HTTPClientError) -> HTTPResponse {
    let result: Result<HTTPResponse, HTTPClientError> = (body ?? []).withUnsafeBytes { bytes in
      Result { () throws(HTTPClientError) in
        try perform(url) { handle throws(CurlError) in
          if body == nil { try handle.get(headers: headers) } else { try handle.post(bytes, headers: headers) }
          try handle.rename(method)
        }
      }
    }
    return try result.get()
  }

  /// A GET whose answer comes piece by piece, for as long as it lasts: the timeout of the client is only for silence.
  ///
  /// - Parameter consume: gets each piece as it comes, of an answer with status 200 alone; false ends it well.
  /// - Returns: the answer; what was consumed is not in its body.
  public func stream(
    _ url: String, headers: [HeaderField] = [], _ consume: @escaping (UnsafeRawBufferPointer) -> Bool
  ) throws(HTTPClientError) -> HTTPResponse {
    var hasEnough = false
    let sink = handle.sink
    var refusal: [UInt8] = []
    sink.consumer = { [handle, largestBody] bytes in
      guard handle.status == 200 else {
        refusal += bytes.prefix(largestBody - refusal.count)
        return true
      }
      hasEnough = !consume(bytes)
      return !hasEnough
    }
    defer { sink.consumer = nil }
    let code = try run(url) { handle throws(CurlError) in
      try handle.get(headers: headers)
      try handle.allowAnyLength(silence: timeout)
    }
    defer {
      try? handle.allowAnyLength(silence: .zero)
      handle.endRequest()
    }
    guard code == CURLE_OK || hasEnough else { throw .failed(handle.failureText(code)) }
    return HTTPResponse(status: handle.status, headers: handle.allHeaders(), body: refusal)
  }

  private func perform(
    _ url: String, _ prepare: (EasyHandle) throws(CurlError) -> Void
  ) throws(HTTPClientError) -> HTTPResponse {
    let code = try run(url, prepare)
    defer { handle.endRequest() }
    if handle.sink.isOverflowing { throw .tooLarge(limit: largestBody) }
    guard code == CURLE_OK else { throw .failed(handle.failureText(code)) }
    return HTTPResponse(status: handle.status, headers: handle.allHeaders(), body: handle.sink.body)
  }

  private func run(
    _ url: String, _ prepare: (EasyHandle) throws(CurlError) -> Void
  ) throws(HTTPClientError) -> CURLcode {
    let endpoint: Endpoint
    do throws(BackendError) {
      endpoint = try Endpoint(url: url, tls: tls, timeout: timeout)
    } catch {
      throw .badURL(error.problem)
    }
    do throws(CurlError) {
      try handle.aim(at: endpoint)
      try prepare(handle)
    } catch {
      throw .failed(error.text)
    }
    return curl_easy_perform(handle.pointer)
  }
}
