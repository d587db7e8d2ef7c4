import Glibc
import Logging

/// Takes connections from the listening socket and passes them on, on a thread of its own.
///
/// The library could do this itself, but in 0.9.75 it goes astray at three points: at its connection limit it
/// lets clients hang (or keeps a lock for ever), told to take no more it may abort the process
/// (`MHD_quiesce_daemon` races with the I/O thread for the epoll entry), and out of descriptors it spins.
struct Acceptor: Sendable {
  let socket: ListenSocket
  /// From so many open connections on a new one is told to come later and closed, unread.
  let ceiling: Int
  let retryAfter: Duration
  /// Who speaks TLS cannot be told anything before the handshake.
  let isEncrypted: Bool
  let counters: Counters
  let memory: ConnectionMemory
  let log: Logger

  /// Returns when the socket is shut down.
  /// - Parameter add: gets the connection, which is its to close; false when it could not use it.
  func run(add: (_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Bool) {
    var isExhausted = false
    while true {
      var storage = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let descriptor = accept(into: &storage, &length)
      if descriptor >= 0 {
        isExhausted = false
        passOn(descriptor, from: &storage, length, add: add)
        continue
      }
      switch errno {
      case EINVAL, EBADF:
        return
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        if !isExhausted { log.warning("no connection can be taken", metadata: ["reason": "\(reason(errno))"]) }
        isExhausted = true
        // The client waits in the backlog; without a pause this would be a busy loop.
        poll(nil, 0, 100)
      default:
        continue  // The client has left already, or a signal came.
      }
    }
  }

  private func accept(into storage: inout sockaddr_storage, _ length: inout socklen_t) -> Int32 {
    let descriptor = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.accept(socket.descriptor, $0, &length)
      }
    }
    // accept4, which does it in one go, is hidden from Swift.
    if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    return descriptor
  }

  private func passOn(
    _ descriptor: Int32, from storage: inout sockaddr_storage, _ length: socklen_t,
    add: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
  ) {
    guard counters.connectionArrives(ceiling: ceiling) else {
      counters.refused(.connectionLimit)
      turnAway(descriptor)
      return
    }
    guard memory.take() else {
      counters.connectionLost()
      counters.refused(.memoryLimit)
      turnAway(descriptor)
      return
    }
    let isTaken = withUnsafePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { add(descriptor, $0, length) }
    }
    if !isTaken {
      memory.giveBack()
      counters.connectionLost()
    }
  }

  private func turnAway(_ descriptor: Int32) {
    defer { close(descriptor) }
    if isEncrypted { return }
    let seconds = max(1, retryAfter.components.seconds)
    let answer =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: \(seconds)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    _ = Array(answer.utf8).withUnsafeBytes {
      send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
  }

  private func reason(_ code: Int32) -> String {
    String(cString: strerror(code))
  }
}
