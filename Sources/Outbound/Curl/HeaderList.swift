internal import CCurl

/// Header lines as libcurl takes them, with another list hung behind them: what all requests have in common is
/// built once. Must outlive the request that uses it.
final class HeaderList {
  private(set) var first: UnsafeMutablePointer<curl_slist>?
  private var last: UnsafeMutablePointer<curl_slist>?
  private let tail: HeaderList?

  init(_ fields: [HeaderField], then tail: HeaderList? = nil) throws(CurlError) {
    self.tail = tail
    for field in fields { try append(field.line) }
    if let tail { last?.pointee.next = tail.first }
    if first == nil { first = tail?.first }
  }

  /// Has libcurl leave out headers that it would add.
  init(_ fields: [HeaderField], without names: [String]) throws(CurlError) {
    tail = nil
    for field in fields { try append(field.line) }
    for name in names { try append("\(name):") }
  }

  deinit {
    // The tail frees its own.
    guard let last else { return }
    last.pointee.next = nil
    curl_slist_free_all(first)
  }

  private func append(_ line: String) throws(CurlError) {
    guard let node = curl_slist_append(nil, line) else { throw .outOfMemory("curl_slist_append") }
    if let last { last.pointee.next = node } else { first = node }
    last = node
  }
}

extension HeaderField {
  /// To libcurl a colon with nothing behind it removes a header; a semicolon sends it empty.
  fileprivate var line: String {
    let isBlank = value.utf8.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    return isBlank ? "\(name);" : "\(name): \(value)"
  }
}
