// What libcurl's signature needs to come out right; seen with 7.88 against a signature made independently.
extension SigV4 {
  /// Headers that are made with the signature.
  static let headers = ["X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"]

  /// As `CURLOPT_AWS_SIGV4` wants it.
  var parameter: String { "aws:amz:\(region):\(service)" }

  /// - Returns: nil for credentials that are not temporary.
  func tokenField() throws(BackendError) -> HeaderField? {
    guard let sessionToken else { return nil }
    guard let field = HeaderField("X-Amz-Security-Token", sessionToken) else {
      throw BackendError("auth.sigv4.session_token", "has a control character, perhaps a line end")
    }
    return field
  }

  /// The signature is over the query in its order: the receiver sorts it first.
  static func sortingQuery(of url: String) -> String {
    guard let mark = url.firstIndex(of: "?") else { return url }
    let query = url[url.index(after: mark)...].split(separator: "&").sorted()
    return url[...mark] + query.joined(separator: "&")
  }
}

extension HeaderField {
  /// The receiver of a signed request takes runs of blanks for one, and none at the ends.
  var collapsed: HeaderField {
    HeaderField(name, value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")) ?? self
  }
}
