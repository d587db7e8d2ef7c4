internal import CGnuTLS
internal import CMicrohttpd
import Logging
internal import Memory
import Synchronization
internal import Threads

/// What the library's callbacks do: all requests of one server, from head to end. I/O thread, but for `giveUp`.
final class Intake: Sendable {
  let options: ServerOptions
  let counters = Counters()
  let connections = ConnectionTable()
  let queue: WorkQueue<Exchange>
  let bodies: BodyStore
  let memory: ConnectionMemory
  /// No answer keeps its connection from here on.
  let isStopping = Atomic<Bool>(false)
  /// What new TLS sessions are begun with; nil where connections are not encrypted.
  let tls: Mutex<TLSCredentials?>
  private let isGivingUp = Atomic<Bool>(false)
  private let handler: any RequestHandler
  private let log: Logger

  init(options: ServerOptions, handler: any RequestHandler, buffers: BufferPool, log: Logger) {
    self.options = options
    self.handler = handler
    self.log = log
    tls = Mutex(options.tls)
    queue = WorkQueue(capacity: options.pendingLimit)
    bodies = BodyStore(pool: buffers, share: options.bodyShare)
    memory = ConnectionMemory(budget: buffers.budget, share: options.connectionShare)
  }

  // MARK: Connections

  func opened(_ mhd: OpaquePointer) -> Connection {
    let isBeyondLimit = counters.connectionOpened() > options.maxConnections
    let patience = isBeyondLimit ? min(options.idleTimeout, options.requestTimeout) : options.idleTimeout
    let tls = tls.withLock { $0 }
    if let tls, let session = sluice_tls_session(mhd) { tls.attach(to: gnutls_session_t(session)) }
    let connection = Connection(
      socket: sluice_socket(mhd), remoteAddress: peerAddress(sluice_client_address(mhd)),
      isBeyondLimit: isBeyondLimit, tls: tls, deadline: MonotonicTime.now.advanced(by: patience))
    connections.insert(connection)
    return connection
  }

  func closed(_ connection: Connection) {
    connections.remove(connection)
    memory.giveBack()
    counters.connectionClosed()
  }

  // MARK: Requests

  /// The first line has come.
  func firstLine(target: UnsafePointer<CChar>?, on connection: Connection) {
    connection.begin(
      target: HeadText.target(bytes(of: target)), deadline: MonotonicTime.now.advanced(by: options.requestTimeout))
  }

  /// The head has come. The request to know it by from here on, and whether the library shall go on.
  func begin(
    _ mhd: OpaquePointer, on connection: Connection, method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?
  ) -> (Request, MHD_Result) {
    do {
      let head = try readHead(of: mhd, on: connection, method: method, version: version)
      let load = Load(
        isBeyondConnectionLimit: connection.isBeyondLimit, waiting: queue.count, expectedWait: queue.expectedWait,
        freeBytes: bodies.free)
      let admission = handler.admit(head)
      let (entry, refusal) = entry(of: head, admission: admission, load: load, options: options)
      return enter(mhd, on: connection, head: head, entry: entry, refusal: refusal, admission: admission)
    } catch {
      return enter(mhd, on: connection, head: nil, entry: .answerNow(error.response), refusal: error.refusal)
    }
  }

  /// A piece of the body has come. False ends the connection.
  func receive(_ bytes: UnsafeRawBufferPointer, of request: Request) -> Bool {
    counters.bodyBytes(bytes.count)
    switch request.receive(bytes, discarding: options.discardLimit, retryAfter: options.retryAfter) {
    case .taken: return true
    case .endless: return false
    case .refused(let refusal):
      note(refusal, on: request.connection)
      counters.refused(refusal)
      return true
    }
  }

  /// The body is complete, or the connection has been resumed.
  func proceed(_ request: Request, _ mhd: OpaquePointer) -> MHD_Result {
    switch request.nextStep() {
    case .dispatch: return dispatch(request, mhd)
    case .send(let response): return send(response, on: mhd, of: request.connection)
    case .wait: return .YES
    }
  }

  /// The library is done with the request on `connection`; nil when it never got as far as a context.
  func ended(_ request: Request?, _ mhd: OpaquePointer, on connection: Connection) {
    let wasCut = connection.wasCut.load(ordering: .relaxed)
    if let request {
      counters.requestEnded(outcome(of: mhd, sent: request.end()), wasCut: wasCut)
    } else {
      counters.headEnded(outcome(of: mhd, sent: nil), wasCut: wasCut)
    }
    connection.becomeIdle(until: MonotonicTime.now.advanced(by: options.idleTimeout))
  }

  /// Answers in the place of handlers that are not done, now and from now on. Any thread.
  func giveUp() {
    isGivingUp.store(true, ordering: .sequentiallyConsistent)
    for connection in connections.all {
      guard let request = connection.request else { continue }
      refuseAsStopping(request)
      request.endStream()
    }
  }

  // MARK: Steps

  private func enter(
    _ mhd: OpaquePointer, on connection: Connection, head: RequestHead?, entry: Entry, refusal: Refusal?,
    admission: Admission? = nil
  ) -> (Request, MHD_Result) {
    if let refusal { note(refusal, on: connection) }
    counters.requestBegan(refused: refusal)
    let request: Request
    var result = MHD_Result.YES
    switch entry {
    case .receive(let limit):
      let upload = Upload(limit: limit, store: bodies)
      var held: (any AnyObject & Sendable)?
      if case .accept(_, let object) = admission { held = object }
      request = Request(connection: connection, head: head, stage: .receiving, upload: upload, holding: held)
    case .discard(let count, let response):
      let upload = Upload(limit: 0, store: bodies)
      request = Request(
        connection: connection, head: head, stage: .discarding(response, left: count), upload: upload)
    case .answerNow(let response):
      let upload = Upload(limit: 0, store: bodies)
      request = Request(
        connection: connection, head: head, stage: .sending(response.sentStatus), upload: upload)
      result = send(response, on: mhd, of: connection)
    }
    connection.request = request
    return (request, result)
  }

  private func dispatch(_ request: Request, _ mhd: OpaquePointer) -> MHD_Result {
    guard let head = request.head else { return .NO }
    // What the handler does with its time is not the client's fault.
    request.connection.setDeadline(.never)
    let exchange = Exchange(head: head, request: request, body: request.suspend(mhd), store: bodies)
    // An exchange that dies unanswered answers itself: it must live until the refusal is made.
    withExtendedLifetime(exchange) {
      // Looked at after the suspension: either this sees the flag, or `giveUp` sees the suspended request.
      if isGivingUp.load(ordering: .sequentiallyConsistent) {
        refuseAsStopping(request)
      } else if queue.expectedWait > options.longestWait * 2 || !queue.push(exchange) {
        // Many may have come in while bodies were on their way; of those that were let in, few are refused so late.
        refuse(request, .pendingLimit, .unavailable("Too many requests wait.", retryAfter: options.retryAfter))
      }
    }
    return .YES
  }

  private func refuseAsStopping(_ request: Request) {
    refuse(request, .stopping, .unavailable("The server stops.", retryAfter: options.retryAfter))
  }

  private func refuse(_ request: Request, _ refusal: Refusal, _ response: Response) {
    guard request.answer(response) else { return }
    note(refusal, on: request.connection)
    counters.refused(refusal)
  }

  private func send(_ response: Response, on mhd: OpaquePointer, of connection: Connection) -> MHD_Result {
    connection.setDeadline(MonotonicTime.now.advanced(by: options.requestTimeout))
    let closes = connection.isBeyondLimit || isStopping.load(ordering: .relaxed)
    response.stream?.begin(.init(mhd: mhd, connection: connection, patience: options.requestTimeout))
    return queueResponse(response, closing: closes, on: mhd)
  }

  private func outcome(of mhd: OpaquePointer, sent: Int?) -> Outcome {
    if let sent { return .answered(sent) }
    let status = Int(sluice_response_status(mhd))
    return status == 0 ? .aborted : .answeredByLibrary(status)
  }

  private func note(_ refusal: Refusal, on connection: Connection) {
    log.debug(
      "request refused",
      metadata: ["reason": "\(refusal.rawValue)", "client.address": "\(connection.remoteAddress)"])
  }
}
