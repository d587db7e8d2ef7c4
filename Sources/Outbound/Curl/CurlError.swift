internal import CCurl

/// libcurl did not do as told.
struct CurlError: Error, Equatable {
  var call: String
  var code: Int
  var text: String

  static func check(_ code: CURLcode, _ call: String) throws(CurlError) {
    guard code != CURLE_OK else { return }
    throw CurlError(call: call, code: Int(code.rawValue), text: String(cString: curl_easy_strerror(code)))
  }

  static func check(_ code: CURLMcode, _ call: String) throws(CurlError) {
    guard code != CURLM_OK else { return }
    throw CurlError(call: call, code: Int(code.rawValue), text: String(cString: curl_multi_strerror(code)))
  }

  static func outOfMemory(_ call: String) -> CurlError {
    CurlError(call: call, code: Int(CURLE_OUT_OF_MEMORY.rawValue), text: "out of memory")
  }

  /// Must have been asked before any other call of libcurl; libcurl wants it once per process.
  static let isLibraryReady: Bool = sluice_curl_global_init() == CURLE_OK
}
