internal import CGnuTLS
internal import CMicrohttpd
import Synchronization
internal import Threads

/// One TCP connection, from `accept` to `close`.
final class Connection: Sendable {
  let socket: Int32
  let remoteAddress: String
  /// There were too many when it came: it is told so and closed.
  let isBeyondLimit: Bool
  /// What its TLS session was begun with; held as long as the session may need it.
  private let tls: TLSCredentials?
  /// Whether the sweeper has shut it down.
  let wasCut = Atomic<Bool>(false)

  private struct Current {
    var target: String?
    var request: Request?
  }

  private let deadline: Atomic<UInt64>
  private let idle = Atomic<Bool>(true)
  private let current = Mutex(Current())
  /// Of the client, once it has been looked for.
  private let certificate = Mutex<ClientCertificate??>(nil)

  init(
    socket: Int32, remoteAddress: String, isBeyondLimit: Bool, tls: TLSCredentials? = nil, deadline: MonotonicTime
  ) {
    self.socket = socket
    self.tls = tls
    self.remoteAddress = remoteAddress
    self.isBeyondLimit = isBeyondLimit
    self.deadline = Atomic(deadline.nanoseconds)
  }

  /// The client's certificate. I/O thread, once the handshake is done.
  func clientCertificate(by mhd: OpaquePointer) -> ClientCertificate? {
    guard tls != nil else { return nil }
    return certificate.withLock { certificate in
      if let known = certificate { return known }
      let found = sluice_tls_session(mhd).flatMap { ClientCertificate(of: gnutls_session_t($0)) }
      certificate = .some(found)
      return found
    }
  }

  /// Whether it waits for the first line of a request.
  var isIdle: Bool { idle.load(ordering: .relaxed) }

  func isOverdue(at now: MonotonicTime) -> Bool {
    deadline.load(ordering: .relaxed) < now.nanoseconds
  }

  func setDeadline(_ time: MonotonicTime) {
    deadline.store(time.nanoseconds, ordering: .relaxed)
  }

  /// The first line of a request has come; `target` is nil when it is not fit to be one.
  func begin(target: String?, deadline: MonotonicTime) {
    setDeadline(deadline)
    idle.store(false, ordering: .relaxed)
    current.withLock { $0.target = target }
  }

  func takeTarget() -> String? {
    current.withLock { $0.target.take() }
  }

  /// The request under way. Nil between two requests.
  var request: Request? {
    get { current.withLock { $0.request } }
    set { current.withLock { $0.request = newValue } }
  }

  /// A request is over, another may come until `deadline`.
  func becomeIdle(until deadline: MonotonicTime) {
    current.withLock { $0 = Current() }
    setDeadline(deadline)
    idle.store(true, ordering: .relaxed)
  }
}
