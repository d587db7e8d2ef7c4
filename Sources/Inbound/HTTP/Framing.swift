/// How long the body is by what the head says, or why that cannot be told for sure.
///
/// The library takes the first `Content-Length` and lets `Transfer-Encoding` win. A proxy in front may read
/// the same head in another way, and then the two disagree on where the next request begins (request
/// smuggling). So whatever can be read in two ways is refused.
/// - Returns: bytes of the body, nil when it is chunked.
func bodyLength(by headers: Headers, isHTTP10: Bool) throws(HeadFault) -> Int? {
  if headers.fields.contains(where: { isGlued($0.name) }) {
    throw .malformed("A header that says where the body ends is folded or misspelt.")
  }
  let codings = headers.values("Transfer-Encoding")
  let lengths = headers.values("Content-Length")
  guard let coding = codings.first else { return try declaredLength(lengths) }
  if !lengths.isEmpty { throw .malformed("Content-Length and Transfer-Encoding exclude each other.") }
  if codings.count > 1 { throw .malformed("There is more than one Transfer-Encoding.") }
  if isHTTP10 { throw .malformed("HTTP/1.0 has no Transfer-Encoding.") }
  guard Headers.matches(coding, "chunked") else {
    throw HeadFault(refusal: .transferCoding, sentence: "Of the transfer codings only chunked is understood.")
  }
  return nil
}

/// HTTP/1.1 demands exactly one Host, no version allows two.
func checkHost(of headers: Headers, isHTTP10: Bool) throws(HeadFault) {
  switch headers.values("Host").count {
  case 1: return
  case 0 where isHTTP10: return
  case 0: throw .malformed("There is no Host header.")
  default: throw .malformed("There is more than one Host header.")
  }
}

private func declaredLength(_ lengths: [String]) throws(HeadFault) -> Int {
  guard let length = lengths.first else { return 0 }
  if lengths.count > 1 { throw .malformed("There is more than one Content-Length.") }
  guard !length.isEmpty, length.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else {
    throw .malformed("Content-Length is not a number.")
  }
  return Int(length) ?? .max  // More digits than fit: beyond every limit.
}

/// The library glues the second line of a folded header to the name of the first, by which the header is
/// no longer found. Nobody uses names that begin like these.
private func isGlued(_ name: String) -> Bool {
  Headers.extends(name, beyond: "Content-Length") || Headers.extends(name, beyond: "Transfer-Encoding")
}
