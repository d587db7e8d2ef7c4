internal import CCurl

/// Where a handle sends to. With a server name of its own, the URL says that name (so that it is asked for and
/// checked), the connection goes to the host that was meant, and so does the `Host` header.
final class Target {
  let url: String
  let headers: [HeaderField]
  let connectTo: UnsafeMutablePointer<curl_slist>?

  /// - Parameter hasHost: whether a `Host` header is among those of the endpoint.
  init(url: String, serverName: String?, hasHost: Bool) throws(CurlError) {
    guard let serverName else {
      self.url = url
      headers = []
      connectTo = nil
      return
    }
    let parts = try URLParts(url)
    let port = try parts.port
    let host = try parts.host
    try parts.set(host: serverName)
    guard let list = curl_slist_append(nil, "\(serverName):\(port):\(host):\(port)") else {
      throw .outOfMemory("curl_slist_append")
    }
    connectTo = list
    let shown = (try? parts.explicitPort).map { "\(host):\($0)" } ?? host
    headers = hasHost ? [] : HeaderField("Host", shown).map { [$0] } ?? []
    self.url = (try? parts.whole) ?? url
  }

  deinit { curl_slist_free_all(connectTo) }
}

/// A URL, taken apart by libcurl.
final class URLParts {
  private let handle: OpaquePointer

  /// - Throws: when it is no URL of HTTP.
  init(_ url: String) throws(CurlError) {
    guard CurlError.isLibraryReady, let handle = curl_url() else { throw .outOfMemory("curl_url") }
    self.handle = handle
    try Self.check(curl_url_set(handle, CURLUPART_URL, url, 0))
    guard ["http", "https"].contains(try scheme) else { throw Self.error(CURLUE_UNSUPPORTED_SCHEME) }
  }

  deinit { curl_url_cleanup(handle) }

  var scheme: String { get throws(CurlError) { try part(CURLUPART_SCHEME) } }
  var host: String { get throws(CurlError) { try part(CURLUPART_HOST) } }
  var port: String { get throws(CurlError) { try part(CURLUPART_PORT, flags: UInt32(CURLU_DEFAULT_PORT)) } }
  var explicitPort: String { get throws(CurlError) { try part(CURLUPART_PORT) } }
  var whole: String { get throws(CurlError) { try part(CURLUPART_URL) } }

  func set(host: String) throws(CurlError) { try Self.check(curl_url_set(handle, CURLUPART_HOST, host, 0)) }

  private func part(_ part: CURLUPart, flags: UInt32 = 0) throws(CurlError) -> String {
    var text: UnsafeMutablePointer<CChar>?
    try Self.check(curl_url_get(handle, part, &text, flags))
    defer { curl_free(text) }
    return text.map { String(cString: $0) } ?? ""
  }

  private static func check(_ code: CURLUcode) throws(CurlError) {
    guard code == CURLUE_OK else { throw error(code) }
  }

  private static func error(_ code: CURLUcode) -> CurlError {
    CurlError(call: "URL", code: Int(code.rawValue), text: String(cString: curl_url_strerror(code)))
  }
}
