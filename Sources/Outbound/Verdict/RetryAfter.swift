internal import CCurl

/// The header by which a backend says when to come again: seconds, or an HTTP date.
enum RetryAfter {
  /// What is honoured at most.
  static let longest = Duration.seconds(3600)

  /// - Parameter now: seconds since 1970.
  /// - Returns: nil when the text is neither.
  static func duration(_ text: String, now: Int) -> Duration? {
    let text = text.trimmed
    guard !text.isEmpty else { return nil }
    if text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
      // More digits than an Int holds are a long time too.
      return min(.seconds(Int(text) ?? .max), longest)
    }
    let date = curl_getdate(text, nil)
    guard date >= 0 else { return nil }
    return min(max(.seconds(date - now), .zero), longest)
  }
}

extension String {
  /// Without the blanks and tabs around it.
  var trimmed: String {
    let blanks: Set<Character> = [" ", "\t"]
    guard let first = firstIndex(where: { !blanks.contains($0) }),
      let last = lastIndex(where: { !blanks.contains($0) })
    else { return "" }
    return String(self[first...last])
  }
}
