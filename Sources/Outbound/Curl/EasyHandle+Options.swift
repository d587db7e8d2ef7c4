internal import CCurl

extension EasyHandle {
  func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
    try CurlError.check(sluice_curl_set_number(pointer, option, value), "curl_easy_setopt \(option.rawValue)")
  }

  func set(_ option: CURLoption, _ value: String?) throws(CurlError) {
    try CurlError.check(sluice_curl_set_text(pointer, option, value), "curl_easy_setopt \(option.rawValue)")
  }

  /// What holds for every request of ours.
  func setDefaults(userAgent: String, errorText: UnsafeMutablePointer<CChar>) throws(CurlError) {
    try set(CURLOPT_NOSIGNAL, 1)
    try set(CURLOPT_TCP_KEEPALIVE, 1)
    try set(CURLOPT_FOLLOWLOCATION, 0)
    // With 7.88 HTTP/2 uploads fail against servers that answer early.
    try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    try set(CURLOPT_PROTOCOLS_STR, "http,https")
    // An empty proxy is none, whatever the environment says.
    try set(CURLOPT_PROXY, "")
    try set(CURLOPT_USERAGENT, userAgent)
    try CurlError.check(sluice_curl_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText), "CURLOPT_ERRORBUFFER")
    let context = Unmanaged.passUnretained(sink).toOpaque()
    try CurlError.check(sluice_curl_set_writer(pointer, ResponseSink.writer, context), "CURLOPT_WRITEFUNCTION")
  }

  func set(timeout: Duration) throws(CurlError) {
    let milliseconds = max(1, timeout / .milliseconds(1))
    try set(CURLOPT_TIMEOUT_MS, Int(milliseconds.rounded()))
    // A host that swallows packets is found out sooner than a slow answer.
    try set(CURLOPT_CONNECTTIMEOUT_MS, Int(min(milliseconds, 10_000).rounded()))
  }

  /// Has the next request last as long as it likes, unless nothing comes for so long; zero: as `set(timeout:)` says again.
  func allowAnyLength(silence: Duration) throws(CurlError) {
    if silence > .zero { try set(CURLOPT_TIMEOUT_MS, 0) }
    try set(CURLOPT_LOW_SPEED_LIMIT, silence > .zero ? 1 : 0)
    try set(CURLOPT_LOW_SPEED_TIME, Int(silence / .seconds(1)))
  }

  func set(_ tls: TLSOptions) throws(CurlError) {
    if let caFile = tls.caFile { try set(CURLOPT_CAINFO, caFile) }
    try set(CURLOPT_SSLCERT, tls.certificateFile)
    try set(CURLOPT_SSLKEY, tls.keyFile)
    try set(CURLOPT_SSL_VERIFYPEER, tls.skipsVerification ? 0 : 1)
    try set(CURLOPT_SSL_VERIFYHOST, tls.skipsVerification ? 0 : 2)
  }

  /// A bearer token is a header like others; see `Endpoint`.
  func set(_ authentication: Authentication) throws(CurlError) {
    switch authentication {
    case .none, .bearer: break
    case .basic(let username, let password):
      // CURLAUTH_BASIC: the macro does not import.
      try set(CURLOPT_HTTPAUTH, 1)
      try set(CURLOPT_USERNAME, username)
      try set(CURLOPT_PASSWORD, password)
    case .signature(let signature):
      try set(CURLOPT_AWS_SIGV4, signature.parameter)
      try set(CURLOPT_USERNAME, signature.accessKey)
      try set(CURLOPT_PASSWORD, signature.secretKey)
      try set(CURLOPT_EXPECT_100_TIMEOUT_MS, 200)
    }
  }
}
