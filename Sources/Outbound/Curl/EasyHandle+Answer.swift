internal import CCurl

extension EasyHandle {
  func number(_ info: CURLINFO) -> Int {
    var value = 0
    _ = sluice_curl_get_number(pointer, info, &value)
    return value
  }

  func size(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    _ = sluice_curl_get_size(pointer, info, &value)
    return Int(value)
  }

  /// The status of the last answer, 0 when there was none.
  var status: Int { number(CURLINFO_RESPONSE_CODE) }

  /// The last value of a header of the last answer.
  func header(_ name: String) -> String? {
    var found: UnsafeMutablePointer<curl_header>?
    guard curl_easy_header(pointer, name, 0, UInt32(CURLH_HEADER), -1, &found) == CURLHE_OK,
      let value = found?.pointee.value
    else { return nil }
    return String(cString: value)
  }

  /// All headers of the last answer, in their order.
  func allHeaders() -> [(name: String, value: String)] {
    var all: [(String, String)] = []
    var last: UnsafeMutablePointer<curl_header>?
    while let next = curl_easy_nextheader(pointer, UInt32(CURLH_HEADER), -1, last) {
      last = next
      guard let name = next.pointee.name, let value = next.pointee.value else { continue }
      all.append((String(cString: name), String(cString: value)))
    }
    return all
  }

  /// Whether a request that ended with `code` has an answer all the same: the headers were complete, the body
  /// was too long for us or broke off.
  func hasAnswer(_ code: CURLcode) -> Bool {
    status > 0 && (code == CURLE_OK || code == CURLE_PARTIAL_FILE || sink.received > 0)
  }

  /// What came of the last request, which ended with `code`.
  /// - Parameters:
  ///   - now: seconds since 1970.
  ///   - observed: the headers that the answer is to have.
  func verdictInput(_ code: CURLcode, now: Int, observing observed: [String] = []) -> Result<Answer, TransportFailure> {
    guard hasAnswer(code) else {
      let isUnreachable = size(CURLINFO_PRETRANSFER_TIME_T) == 0
      return .failure(TransportFailure(isUnreachable: isUnreachable, text: failureText(code)))
    }
    let status = status
    var headers: [String: String] = [:]
    for name in observed { headers[name] = header(name) }
    guard !(200..<300).contains(status) else { return .success(Answer(status: status, headers: headers)) }
    let wait = header("Retry-After").flatMap { RetryAfter.duration($0, now: now) }
    return .success(
      Answer(status: status, retryAfter: wait, excerpt: Excerpt.line(of: sink.body), headers: headers))
  }

  /// Whether the last request, which ended with `code`, met a kept connection that the peer had closed by then.
  func metStaleConnection(_ code: CURLcode) -> Bool {
    guard !hasAnswer(code), number(CURLINFO_NUM_CONNECTS) == 0 else { return false }
    return [CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING].contains(code)
  }
}
