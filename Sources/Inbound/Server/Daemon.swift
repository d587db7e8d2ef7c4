internal import CGnuTLS
internal import CMicrohttpd
import Glibc

/// The library at work: one thread that does the input and output of all connections it is given.
// @unchecked: the library allows `add` on any thread; `stop` is called once, by the server that owns this.
final class Daemon: @unchecked Sendable {
  /// What the library takes for each connection; once an answer has gone out, all of it is resident.
  private static let connectionMemory = 40 << 10
  /// That, and what is kept of a connection besides.
  static let bytesPerConnection = connectionMemory + 8 << 10

  private let handle: OpaquePointer

  /// - Parameter intake: gets all callbacks; must outlive the daemon.
  init(intake: Intake) throws(InboundError) {
    let context = Unmanaged.passUnretained(intake).toOpaque()
    let isEncrypted = intake.options.tls != nil
    var options = Self.options(context: context)
    var flags =
      MHD_USE_EPOLL.rawValue | MHD_USE_INTERNAL_POLLING_THREAD.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
      | MHD_USE_NO_LISTEN_SOCKET.rawValue
    if isEncrypted { flags |= MHD_USE_TLS.rawValue }
    let priorities = strdup(Self.priorities)
    defer { free(priorities) }
    if isEncrypted {
      options =
        [
          MHD_OptionItem(option: .HTTPS_PRIORITIES, value: 0, ptr_value: priorities),
          MHD_OptionItem(
            option: .HTTPS_CERT_CALLBACK, value: 0,
            ptr_value: UnsafeMutableRawPointer(bitPattern: Self.function(noCertificate))),
        ] + options
    }
    errno = 0
    guard let handle = sluice_start_daemon(flags, onRequest, context, onEnd, context, &options) else {
      throw .cannotServe(code: errno)
    }
    self.handle = handle
  }

  /// Gives it a connection, which is its to close, also when it fails. False when it failed.
  func add(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Bool {
    MHD_add_connection(handle, descriptor, address, length) == .YES
  }

  /// Ends all connections and the thread. Once; aborts the process if a connection is suspended and not resumed.
  func stop() {
    MHD_stop_daemon(handle)
  }

  /// TLS 1.2 at least, and of its suites none that is known to be weak.
  private static let priorities = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

  private static func function<Callback>(_ callback: Callback) -> Int {
    Int(bitPattern: unsafeBitCast(callback, to: UnsafeRawPointer.self))
  }

  private static func options(context: UnsafeMutableRawPointer) -> [MHD_OptionItem] {
    return [
      // Half of it is for reading: few calls per body. It is also the ceiling of a request head.
      MHD_OptionItem(option: .CONNECTION_MEMORY_LIMIT, value: connectionMemory, ptr_value: nil),
      // Never to be reached: the acceptor keeps the limit.
      MHD_OptionItem(option: .CONNECTION_LIMIT, value: Int(Int32.max), ptr_value: nil),
      // None: the sweeper knows all deadlines.
      MHD_OptionItem(option: .CONNECTION_TIMEOUT, value: 0, ptr_value: nil),
      MHD_OptionItem(option: .NOTIFY_CONNECTION, value: function(onConnection), ptr_value: context),
      MHD_OptionItem(option: .URI_LOG_CALLBACK, value: function(onFirstLine), ptr_value: context),
      MHD_OptionItem(option: .UNESCAPE_CALLBACK, value: function(leaveEscaped), ptr_value: nil),
      MHD_OptionItem(option: .END, value: 0, ptr_value: nil),
    ]
  }
}
