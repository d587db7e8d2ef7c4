import Glibc
public import Logging
public import Memory
import Synchronization
internal import Threads

/// An HTTP/1.1 server that takes whole requests and hands them to worker threads.
///
/// One thread does the input and output of all connections, `workers` threads run the handler, one ends
/// connections that take too long. The socket listens as soon as the server is made; clients that come before
/// `start` wait. The process must ignore SIGPIPE, and block the signals it waits for before `start`, for the
/// threads inherit that.
public final class HTTPServer: Sendable {
  /// The port that is listened on, chosen by the system if the options left it open.
  public var port: Int { socket.port }

  private enum Phase {
    case listening
    case running(Daemon, acceptor: Thread, others: [Thread])
    case stopped
  }

  private let options: ServerOptions
  private let handler: any RequestHandler
  private let log: Logger
  private let socket: ListenSocket
  private let intake: Intake
  private let phase = Mutex(Phase.listening)

  /// Opens the socket.
  /// - Parameters:
  ///   - buffers: where bodies get their memory; may be shared by servers.
  ///   - log: a refusal is `debug`; that requests are refused for want of room, and no more, is `warning` and `notice`.
  /// - Throws: when the address cannot be listened on.
  public init(options: ServerOptions, handler: any RequestHandler, buffers: BufferPool, log: Logger)
    throws(InboundError)
  {
    self.options = options
    self.handler = handler
    self.log = log
    socket = try ListenSocket.open(host: options.host, port: options.port)
    intake = Intake(options: options, handler: handler, buffers: buffers, log: log)
  }

  deinit { stop(within: .zero) }

  /// Starts to serve. Once.
  public func start() throws(InboundError) {
    try phase.withLock { phase throws(InboundError) in
      guard case .listening = phase else { throw .alreadyStarted }
      phase = .stopped
      var threads: [Thread] = []
      do throws(InboundError) {
        for index in 0..<max(1, options.workers) { threads.append(try startWorker(index)) }
        threads.append(try startSweeper())
        let daemon = try Daemon(intake: intake)
        phase = .running(daemon, acceptor: try startAcceptor(daemon), others: threads)
      } catch {
        endThreads(threads)
        socket.shutDown()
        throw error
      }
    }
  }

  /// What new TLS sessions are begun with; those under way keep what they have. Nil where connections are not encrypted,
  /// which cannot be changed: then setting does nothing. Any thread.
  public var tls: TLSCredentials? {
    get { intake.tls.withLock { $0 } }
    set {
      guard let newValue else { return }
      intake.tls.withLock { if $0 != nil { $0 = newValue } }
    }
  }

  /// Takes no more connections. Those that are open are served on; each is closed behind its next answer.
  public func stopAccepting() {
    intake.isStopping.store(true, ordering: .relaxed)
    socket.shutDown()
  }

  /// Stops for good: no more connections, then time for the requests in flight until `grace` is over, then a
  /// 503 for those whose handler is not done and an end to all others. Returns when the workers are back from
  /// the exchanges they have; those that waited for one are still handed out. An answer that comes later goes
  /// nowhere. Any thread but a worker's or the handler's; a second call does nothing.
  public func stop(within grace: Duration) {
    let deadline = MonotonicTime.now.advanced(by: grace)
    stopAccepting()
    let ended = phase.withLock { phase -> Phase in
      defer { phase = .stopped }
      return phase
    }
    guard case .running(let daemon, let acceptor, let others) = ended else { return }
    acceptor.join()
    intake.connections.cutIdle()
    intake.counters.waitUntilQuiet(deadline: deadline)
    // Also when it is quiet: a request may begin at this very moment, and no suspended connection must meet
    // the library's end.
    intake.giveUp()
    // All have their answer now; this is the time for it to reach the client.
    intake.counters.waitUntilQuiet(deadline: .now.advanced(by: .milliseconds(500)))
    daemon.stop()
    endThreads(others)
  }

  /// The counts of this moment. Any thread, also before the start and after the end.
  public var statistics: ServerStatistics {
    var result = intake.counters.snapshot()
    result.requestsWaiting = intake.queue.count
    result.bodyMemory = intake.bodies.held
    return result
  }

  // MARK: Threads

  private func startWorker(_ index: Int) throws(InboundError) -> Thread {
    let (handler, queue) = (handler, intake.queue)
    return try startThread("\(options.name) \(index)") {
      let worker = handler.makeWorker(index: index)
      while let exchange = queue.pop() { worker.process(exchange) }
    }
  }

  private func startSweeper() throws(InboundError) -> Thread {
    let (intake, log, name) = (intake, log, options.name)
    let shortest = min(options.idleTimeout, options.requestTimeout)
    let interval = min(max(shortest / 8, .milliseconds(10)), .seconds(1))
    return try startThread("\(name) sweep") {
      var shedding = Shedding(server: name, log: log)
      intake.connections.sweep(every: interval) {
        shedding.look(at: intake.counters.refusals, now: .now)
      }
    }
  }

  private func startThread(_ name: String, _ body: @escaping @Sendable () -> Void) throws(InboundError) -> Thread {
    do { return try Thread(name: name, body) } catch { throw .noThread(name: name, code: error.code) }
  }

  private func endThreads(_ threads: [Thread]) {
    intake.queue.close()
    intake.connections.close()
    for thread in threads { thread.join() }
  }

  private func startAcceptor(_ daemon: Daemon) throws(InboundError) -> Thread {
    let acceptor = Acceptor(
      socket: socket, ceiling: connectionCeiling(), retryAfter: options.retryAfter, isEncrypted: options.tls != nil,
      counters: intake.counters, memory: intake.memory, log: log)
    do throws(InboundError) {
      return try startThread("\(options.name) accept") { acceptor.run(add: daemon.add) }
    } catch {
      daemon.stop()
      throw error
    }
  }

  /// Above the limit, so that those beyond it can be told in peace; but there must be descriptors for all.
  private func connectionCeiling() -> Int {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let files = Int(min(limit.rlim_cur, rlim_t(Int32.max)))
    let reserve = min(64, files / 4)
    if files - reserve < options.maxConnections {
      log.warning(
        "the limit of open files is too low for maxConnections",
        metadata: ["server": "\(options.name)", "files": "\(files)", "connections": "\(options.maxConnections)"])
    }
    return min(files - reserve, options.maxConnections * 2 + 64)
  }
}
