internal import CMicrohttpd

/// The head of the request on `connection`, checked. I/O thread, in the first callback of a request.
func readHead(
  of mhd: OpaquePointer, on connection: Connection, method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?
) throws(HeadFault) -> RequestHead {
  guard let target = connection.takeTarget() else { throw .malformed("The request target has bytes it must not have.") }
  guard let method = HeadText.token(bytes(of: method)) else { throw .malformed("The method is not a word.") }
  let isHTTP10 = bytes(of: version).elementsEqual("HTTP/1.0".utf8)
  let headers = try readHeaders(of: mhd)
  try checkHost(of: headers, isHTTP10: isHTTP10)
  let length = try bodyLength(by: headers, isHTTP10: isHTTP10)
  let (path, query) = pathAndQuery(of: target)
  return RequestHead(
    method: method, path: path, query: query, headers: headers, remoteAddress: connection.remoteAddress,
    clientCertificate: connection.clientCertificate(by: mhd), contentLength: length)
}

func bytes(of text: UnsafePointer<CChar>?) -> UnsafeBufferPointer<UInt8> {
  guard let text else { return UnsafeBufferPointer(start: nil, count: 0) }
  return bytes(text, count: utf8Length(text))
}

private func readHeaders(of mhd: OpaquePointer) throws(HeadFault) -> Headers {
  var collector = HeaderCollector()
  withUnsafeMutablePointer(to: &collector) { _ = MHD_get_connection_values_n(mhd, .HEADER_KIND, collectHeader, $0) }
  if let fault = collector.fault { throw fault }
  return Headers(collector.fields)
}

private struct HeaderCollector {
  var fields: [HeaderField] = []
  var fault: HeadFault?

  init() { fields.reserveCapacity(16) }

  mutating func add(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
    // Also finds the space in `Content-Length : 3`, which the library leaves in the name.
    guard let name = HeadText.token(name) else {
      fault = .malformed("The name of a header has bytes it must not have.")
      return
    }
    guard let text = HeadText.value(value) else {
      fault = .malformed("The value of header \(name) is not text.")
      return
    }
    // The library compares with the space behind the coding, finds another word, and would wait for ever.
    if text.utf8.count < value.count, Headers.matches(name, "Transfer-Encoding") {
      fault = HeadFault(refusal: .transferCoding, sentence: "White space stands behind the transfer coding.")
    }
    fields.append(HeaderField(name, text))
  }
}

private let collectHeader: MHD_KeyValueIteratorN = { context, _, name, nameSize, value, valueSize in
  guard let context else { return .NO }
  let collector = context.assumingMemoryBound(to: HeaderCollector.self)
  collector.pointee.add(name: bytes(name, count: nameSize), value: bytes(value, count: valueSize))
  return collector.pointee.fault == nil ? .YES : .NO
}

private func bytes(_ start: UnsafePointer<CChar>?, count: Int) -> UnsafeBufferPointer<UInt8> {
  guard let start else { return UnsafeBufferPointer(start: nil, count: 0) }
  return UnsafeBufferPointer(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
}

private func utf8Length(_ text: UnsafePointer<CChar>) -> Int {
  var end = text
  while end.pointee != 0 { end += 1 }
  return end - text
}
