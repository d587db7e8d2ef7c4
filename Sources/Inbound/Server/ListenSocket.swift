import Glibc

/// A bound and listening socket, closed when the last reference is gone.
///
/// Made here and not by the library, which gives no reason when it cannot.
final class ListenSocket: Sendable {
  let descriptor: Int32
  let port: Int

  /// - Throws: `InboundError` with the system's reason.
  static func open(host: String, port: Int) throws(InboundError) -> ListenSocket {
    guard host.isEmpty else { return try listen(host: host, port: port) }
    // Where IPv6 is switched off, all addresses are those of IPv4.
    do { return try listen(host: "::", port: port) } catch .cannotListen(_, "socket", _) {
      return try listen(host: "0.0.0.0", port: port)
    }
  }

  private init(descriptor: Int32, port: Int) {
    self.descriptor = descriptor
    self.port = port
  }

  deinit { close(descriptor) }

  /// From here on connections are refused, and a thread in `accept` comes back with `EINVAL`. The number of
  /// the descriptor stays taken.
  func shutDown() {
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  private static func listen(host: String, port: Int) throws(InboundError) -> ListenSocket {
    let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    let resolved = try resolve(host: host, port: port)
    defer { freeaddrinfo(resolved) }
    func check(_ result: Int32, _ call: String) throws(InboundError) -> Int32 {
      guard result >= 0 else { throw .cannotListen(address: address, call: call, code: errno) }
      return result
    }
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = try check(socket(resolved.pointee.ai_family, kind, 0), "socket")
    do {
      setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, to: 1)
      if resolved.pointee.ai_family == AF_INET6 {
        setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, to: host == "::" ? 0 : 1)
      }
      _ = try check(bind(descriptor, resolved.pointee.ai_addr, resolved.pointee.ai_addrlen), "bind")
      _ = try check(Glibc.listen(descriptor, SOMAXCONN), "listen")
      return ListenSocket(descriptor: descriptor, port: Int(try check(portOfSocket(descriptor), "getsockname")))
    } catch {
      close(descriptor)
      throw error
    }
  }

  private static func resolve(host: String, port: Int) throws(InboundError) -> UnsafeMutablePointer<addrinfo> {
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, "\(port)", &hints, &found)
    guard code == 0, let found else {
      throw .unknownHost(host: host, reason: String(cString: gai_strerror(code)))
    }
    return found
  }

  private static func setOption(_ descriptor: Int32, _ level: Int32, _ option: Int32, to value: Int32) {
    var value = value
    setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  /// -1 when the system does not say.
  private static func portOfSocket(_ descriptor: Int32) -> Int32 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
        let result = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        // The port has the same place in the addresses of both families.
        return result == 0 ? Int32(UInt16(bigEndian: address.pointee.sin_port)) : -1
      }
    }
  }
}
