internal import CCurl

/// A libcurl handle, aimed at one endpoint, for one request after the other. One thread at a time.
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  let sink: ResponseSink
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private var fixedHeaders: HeaderList?
  private var headers: HeaderList?
  private var target: Target?
  private var isSigned = false

  /// - Parameter largestBody: of an answer; a larger one ends the request.
  init(userAgent: String, largestBody: Int) throws(CurlError) {
    sink = ResponseSink(limit: largestBody)
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    guard CurlError.isLibraryReady, let pointer = curl_easy_init() else {
      errorText.deallocate()
      throw .outOfMemory("curl_easy_init")
    }
    self.pointer = pointer
    try setDefaults(userAgent: userAgent, errorText: errorText)
  }

  deinit {
    curl_easy_cleanup(pointer)
    errorText.deallocate()
  }

  /// Points the handle at an endpoint.
  func aim(at endpoint: Endpoint) throws(CurlError) {
    try set(endpoint.tls)
    try set(endpoint.authentication)
    try set(timeout: endpoint.timeout)
    let hasHost = endpoint.headers.contains { $0.name.lowercased() == "host" }
    let target = try Target(url: endpoint.url, serverName: endpoint.tls.serverName, hasHost: hasHost)
    try CurlError.check(sluice_curl_set_list(pointer, CURLOPT_CONNECT_TO, target.connectTo), "CURLOPT_CONNECT_TO")
    self.target = target
    isSigned = endpoint.authentication.isSignature
    // Without `Expect:` libcurl asks first for bodies over 1 MiB, and waits a second where nobody answers. But it would sign
    // for a header that it leaves out.
    let fixed = try HeaderList(shown(target.headers + endpoint.headers), without: isSigned ? [] : ["Expect"])
    try CurlError.check(sluice_curl_set_list(pointer, CURLOPT_HTTPHEADER, fixed.first), "CURLOPT_HTTPHEADER")
    headers = nil
    fixedHeaders = fixed
  }

  /// Makes the next request a POST of `body`, which is not copied and must stay until the request is over.
  func post(_ body: UnsafeRawBufferPointer, headers: [HeaderField]) throws(CurlError) {
    try begin(headers)
    try set(CURLOPT_POST, 1)
    try CurlError.check(
      sluice_curl_set_size(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)), "CURLOPT_POSTFIELDSIZE")
    try setBody(body.baseAddress)
  }

  /// Makes the next request a GET.
  func get(headers: [HeaderField]) throws(CurlError) {
    try begin(headers)
    try set(CURLOPT_HTTPGET, 1)
  }

  /// Gives the next request another method than the one it has by its making.
  func rename(_ method: String) throws(CurlError) { try set(CURLOPT_CUSTOMREQUEST, method) }

  /// Has the next request open a connection of its own.
  func avoidReuse() throws(CurlError) { try set(CURLOPT_FRESH_CONNECT, 1) }

  /// Lets go of what belonged to the last request.
  func endRequest() {
    try? setBody(nil)
    _ = sluice_curl_set_text(pointer, CURLOPT_CUSTOMREQUEST, nil)
    _ = sluice_curl_set_list(pointer, CURLOPT_HTTPHEADER, fixedHeaders?.first)
    headers = nil
  }

  /// Why the last request failed, in libcurl's words.
  func failureText(_ code: CURLcode) -> String {
    let detail = String(cString: errorText)
    return detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
  }

  private func begin(_ fields: [HeaderField]) throws(CurlError) {
    sink.reset()
    errorText[0] = 0
    try set(CURLOPT_FRESH_CONNECT, 0)
    try set(CURLOPT_URL, target?.url ?? "")
    let headers = try HeaderList(shown(fields), then: fixedHeaders)
    try CurlError.check(sluice_curl_set_list(pointer, CURLOPT_HTTPHEADER, headers.first), "CURLOPT_HTTPHEADER")
    self.headers = headers
  }

  private func shown(_ fields: [HeaderField]) -> [HeaderField] { isSigned ? fields.map(\.collapsed) : fields }

  private func setBody(_ start: UnsafeRawPointer?) throws(CurlError) {
    try CurlError.check(
      sluice_curl_set_pointer(pointer, CURLOPT_POSTFIELDS, start ?? Self.nothing), "CURLOPT_POSTFIELDS")
  }

  // An empty body needs an address all the same: without one libcurl reads it from a callback.
  // nonisolated(unsafe): never written, never freed.
  private nonisolated(unsafe) static let nothing = UnsafeRawPointer(
    UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))
}
