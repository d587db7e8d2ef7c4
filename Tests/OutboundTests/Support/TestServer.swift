import Glibc
import Synchronization

/// A request as it came over the wire.
struct Received: Sendable {
  var target = ""
  var headers: [String: String] = [:]
  var body: [UInt8] = []
  /// Counted from 0 over all connections, and over this one.
  var number = 0
  var numberOnConnection = 0

  func header(_ name: String) -> String? { headers[name.lowercased()] }
}

/// What the server does with a request.
enum Reply: Sendable {
  case status(Int, headers: [String: String] = [:], body: String = "")
  /// These very bytes, then the end of the connection.
  case raw(String)
  /// The end of the connection, nothing else.
  case close
  /// A 204, byte by byte.
  case slow
  /// Nothing until the server ends.
  case hang
}

/// A small HTTP server whose answers a closure decides. A thread for each connection.
final class TestServer: Sendable {
  private struct State {
    var requests: [Received] = []
    var active = 0
    var mostActive = 0
    var sockets: Set<Int32> = []
    var isStopped = false
  }

  let port: UInt16
  private let listener: Int32
  private let reply: @Sendable (Received) -> Reply
  private let state = Mutex(State())

  init(port: UInt16 = 0, _ reply: @escaping @Sendable (Received) -> Reply) {
    self.reply = reply
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var one: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = Self.loopback(port)
    _ = Self.with(&address) { bind(listener, $0, $1) }
    listen(listener, 128)
    var bound = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &bound) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &size) }
    }
    self.port = UInt16(bigEndian: bound.sin_port)
    thread { [self] in acceptAll() }
  }

  var url: String { "http://127.0.0.1:\(port)/api/v1/push" }
  var requests: [Received] { state.withLock { $0.requests } }
  /// The largest number of requests that were being answered at once.
  var mostActive: Int { state.withLock { $0.mostActive } }

  /// A port on which nobody listens.
  static func unusedPort() -> UInt16 {
    let server = TestServer { _ in .close }
    server.stop()
    return server.port
  }

  /// Ends all connections and takes no more.
  func stop() {
    // Each descriptor is closed by the thread that uses it, and not between a look at it here and the call: its number may
    // be that of another test's connection by then.
    state.withLock { state in
      state.isStopped = true
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func acceptAll() {
    defer { close(listener) }
    while true {
      let socket = accept(listener, nil, nil)
      guard socket >= 0 else { return }
      let isStopped = state.withLock { state in
        state.sockets.insert(socket)
        return state.isStopped
      }
      if isStopped { shutdown(socket, Int32(SHUT_RDWR)) }
      thread { [self] in serve(socket) }
    }
  }

  private func serve(_ socket: Int32) {
    var reader = RequestReader(socket: socket)
    var count = 0
    while var request = reader.next() {
      request.numberOnConnection = count
      count += 1
      let number = state.withLock { state in
        state.active += 1
        state.mostActive = max(state.mostActive, state.active)
        state.requests.append(request)
        state.requests[state.requests.count - 1].number = state.requests.count - 1
        return state.requests.count - 1
      }
      request.number = number
      let goesOn = answer(reply(request), on: socket)
      state.withLock { $0.active -= 1 }
      if !goesOn { break }
    }
    state.withLock {
      $0.sockets.remove(socket)
      close(socket)
    }
  }

  private func answer(_ reply: Reply, on socket: Int32) -> Bool {
    switch reply {
    case .status(let status, let headers, let body):
      var head = "HTTP/1.1 \(status) Text\r\n"
      for (name, value) in headers { head += "\(name): \(value)\r\n" }
      if status != 204 { head += "Content-Length: \(body.utf8.count)\r\n" }
      return write(head + "\r\n" + body, to: socket)
    case .raw(let text):
      _ = write(text, to: socket)
      return false
    case .close: return false
    case .slow:
      for byte in "HTTP/1.1 204 No Content\r\nX-Slow: yes\r\n\r\n" {
        guard write(String(byte), to: socket) else { return false }
        usleep(1000)
      }
      return true
    case .hang:
      var byte: UInt8 = 0
      while recv(socket, &byte, 1, 0) > 0 {}
      return false
    }
  }

  private func write(_ text: String, to socket: Int32) -> Bool {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func with<R>(
    _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
  ) -> R {
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }
}

/// Runs `body` on a thread of its own.
func thread(_ body: @escaping @Sendable () -> Void) {
  final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  let start = Unmanaged.passRetained(Start(body)).toOpaque()
  pthread_create(
    &thread, nil,
    { raw in
      if let raw { Unmanaged<Start>.fromOpaque(raw).takeRetainedValue().body() }
      return nil
    }, start)
  pthread_detach(thread)
}
