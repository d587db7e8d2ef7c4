import Glibc

/// The numeric form of a peer's address, without the port.
func peerAddress(_ address: UnsafePointer<sockaddr>?) -> String {
  guard let address else { return "" }
  let length: Int
  switch Int32(address.pointee.sa_family) {
  case AF_INET: length = MemoryLayout<sockaddr_in>.size
  case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
  default: return ""
  }
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { text in
    guard let start = text.baseAddress,
      getnameinfo(address, socklen_t(length), start, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
    else { return "" }
    let whole = String(cString: start)
    // An IPv4 peer of a socket that serves both families.
    return whole.hasPrefix("::ffff:") && whole.contains(".") ? String(whole.dropFirst(7)) : whole
  }
}
