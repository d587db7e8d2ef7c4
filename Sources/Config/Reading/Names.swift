/// What the names in a configuration may be made of. Complaints stand behind the quoted name.
enum Names {
  static let labelNameRule = "letters, digits and _, not a digit first"

  static func isLabelName(_ text: String) -> Bool { isIdentifier(text, besides: []) }

  /// A prefix of metric names.
  static func isMetricNamePart(_ text: String) -> Bool { isIdentifier(text, besides: [UInt8(ascii: ":")]) }

  private static func isIdentifier(_ text: String, besides others: [UInt8]) -> Bool {
    guard let first = text.utf8.first, !first.isDigit else { return false }
    return text.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "_") || others.contains($0) }
  }

  /// The name of a backend or a route: it serves as metric label, folder name and part of a path.
  static func complaint(ofName text: String) -> String? {
    let isPlain = text.utf8.allSatisfy { $0.isAlphanumeric || "_-.".utf8.contains($0) }
    guard isPlain, !text.isEmpty, !text.hasPrefix("."), text.utf8.count <= 64 else {
      return "is not a name: at most 64 letters, digits, _, - and ., not a dot first"
    }
    return nil
  }

  /// As Cortex and Mimir have it.
  static func complaint(ofTenant text: String) -> String? {
    let isPlain = text.utf8.allSatisfy { $0.isAlphanumeric || "!-_.*'()".utf8.contains($0) }
    guard isPlain, !text.isEmpty, text.utf8.count <= 150 else {
      return "is not a tenant: at most 150 letters, digits and ! - _ . * ' ( )"
    }
    return [".", "..", "__markers__", "user-index.json.gz"].contains(text) ? "is a tenant that Cortex reserves" : nil
  }

  /// A token of RFC 9110 that is not one of Sluice's own.
  static func complaint(ofHeader text: String) -> String? {
    guard isToken(text) else { return "is not a header name" }
    if text.lowercased() == "authorization" { return "cannot be set here: credentials belong in auth" }
    return ownHeaders.contains(text.lowercased()) ? "is set by Sluice and cannot be set here" : nil
  }

  static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0.isAlphanumeric || "!#$%&'*+-.^_`|~".utf8.contains($0) }
  }

  /// Why `text` cannot be the value of a header; it is not shown.
  static func complaint(ofHeaderValue text: String) -> String? {
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
      return "holds a control character, which a header cannot carry"
    }
    let blanks: [UInt8] = [0x20, 0x09]
    let isPadded = text.utf8.first.map(blanks.contains) == true || text.utf8.last.map(blanks.contains) == true
    return isPadded ? "starts or ends with a blank" : nil
  }

  /// Those that remote-write, HTTP itself and request signing own.
  private static let ownHeaders: Set<String> = [
    "host", "content-encoding", "content-length", "content-type", "user-agent", "connection", "keep-alive",
    "proxy-authenticate", "proxy-authorization", "www-authenticate", "accept-encoding", "transfer-encoding", "te",
    "trailer", "upgrade", "expect", "x-prometheus-remote-write-version", "x-prometheus-remote-read-version",
    "x-amz-date", "x-amz-security-token", "x-amz-content-sha256",
  ]
}

extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

  /// Of ASCII.
  var isAlphanumeric: Bool {
    let lower = self | 0x20
    return isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower)
  }
}
