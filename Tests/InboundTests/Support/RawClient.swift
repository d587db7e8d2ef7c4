import Glibc

/// A TCP client that sends exactly the bytes it is told to and reads what comes.
final class RawClient {
  struct Failure: Error {
    let call: String
    let code: Int32
  }

  /// An answer, taken apart just far enough to look at it.
  struct Answer: Equatable {
    var status = 0
    var head = ""
    var body = ""

    func header(_ name: String) -> String? {
      for line in head.split(separator: "\r\n").dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        if parts.count == 2, parts[0].lowercased() == name.lowercased() { return String(parts[1].drop { $0 == " " }) }
      }
      return nil
    }
  }

  let descriptor: Int32
  private var received: [UInt8] = []

  /// - Parameter patience: seconds a read or write waits before it fails.
  init(port: Int, host: String = "127.0.0.1", patience: Int = 20, receiveBuffer: Int32? = nil) throws {
    descriptor = socket(host.contains(":") ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var time = timeval(tv_sec: patience, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
    guard connect(host, port) == 0 else {
      let code = errno
      close()
      throw Failure(call: "connect", code: code)
    }
  }

  deinit { close() }

  private var isClosed = false

  func close() {
    if !isClosed { Glibc.close(descriptor) }
    isClosed = true
  }

  /// Closes so that the peer gets a reset, not an orderly end.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  func send(_ text: String) throws {
    try send(Array(text.utf8))
  }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(call: "send", code: errno) }
      sent += count
    }
  }

  /// The next answer, by its Content-Length. One of status 1xx is an answer of its own.
  func answer(bodyless: Bool = false) throws -> Answer {
    let separator = Array("\r\n\r\n".utf8)
    var end = 0
    while true {
      if let found = position(of: separator) {
        end = found
        break
      }
      try readMore()
    }
    var answer = Answer()
    answer.head = String(decoding: received[..<end], as: UTF8.self)
    received.removeFirst(end + 4)
    answer.status = Int(answer.head.split(separator: " ").dropFirst().first ?? "") ?? 0
    let length = bodyless || answer.status < 200 ? 0 : Int(answer.header("Content-Length") ?? "") ?? 0
    while received.count < length { try readMore() }
    answer.body = String(decoding: received[..<length], as: UTF8.self)
    received.removeFirst(length)
    return answer
  }

  /// The next piece of a chunked body; empty: its end.
  func chunk() throws -> String {
    let size = Int(try line(), radix: 16) ?? 0
    while received.count < size + 2 { try readMore() }
    let text = String(decoding: received[..<size], as: UTF8.self)
    received.removeFirst(size + 2)
    return text
  }

  private func line() throws -> String {
    let end = Array("\r\n".utf8)
    while true {
      if let found = position(of: end) {
        defer { received.removeFirst(found + 2) }
        return String(decoding: received[..<found], as: UTF8.self)
      }
      try readMore()
    }
  }

  /// Whether the server has closed, in order or by a reset, with nothing more before it.
  func isAtEnd() throws -> Bool {
    guard received.isEmpty else { return false }
    do {
      try readMore()
      return false
    } catch let failure as Failure where failure.call == "end" || failure.code == ECONNRESET {
      return true
    }
  }

  /// Reads and drops whatever comes until the server has closed.
  func drainToEnd() throws {
    received = []
    while try !isAtEnd() { received = [] }
  }

  private func readMore() throws {
    var chunk = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    if count == 0 { throw Failure(call: "end", code: 0) }
    guard count > 0 else { throw Failure(call: "recv", code: errno) }
    received += chunk[..<count]
  }

  private func position(of pattern: [UInt8]) -> Int? {
    guard received.count >= pattern.count else { return nil }
    return (0...(received.count - pattern.count)).first { received[$0..<($0 + pattern.count)].elementsEqual(pattern) }
  }

  private func connect(_ host: String, _ port: Int) -> Int32 {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let found else { return -1 }
    defer { freeaddrinfo(found) }
    return Glibc.connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen)
  }
}
