public import Logging
internal import Spool
internal import Synchronization

/// Prometheus remote-write 2.0 over HTTP, with 1.0 to fall back on where that is allowed.
///
/// Blocks stay what they are, 1.0, and are transcoded when they are sent: a backend that turns out not to know 2.0 gets the
/// very same blocks in 1.0.
public final class RemoteWrite2Backend: Backend {
  private let first: RemoteWriteBackend
  private let transcoder: any Transcoder
  private let negotiation: Mutex<Negotiation>
  private let isFixed: Bool
  private let logger: Logger

  /// - Parameters:
  ///   - isFixed: whether 1.0 is out of the question.
  ///   - splitter: of the blocks, which are 1.0.
  /// - Throws: what is wrong with the options.
  public init(
    _ options: BackendOptions, isFixed: Bool, transcoder: any Transcoder, splitter: (any Splitter)? = nil,
    logger: Logger
  ) throws(BackendError) {
    first = try RemoteWriteBackend(options, splitter: splitter, observing: WrittenCounts.headers)
    self.transcoder = transcoder
    self.isFixed = isFixed
    negotiation = Mutex(Negotiation(isFixed: isFixed))
    var logger = logger
    logger[metadataKey: "backend.name"] = "\(options.name)"
    self.logger = logger
  }

  public var endpoint: Endpoint? { first.endpoint }
  public var splitter: (any Splitter)? { first.splitter }

  public var protocolVersion: String? {
    negotiation.withLock { $0.state } == .fallenBack ? first.protocolVersion : "2.0"
  }

  public func prepare(_ shipment: Shipment) -> Preparation {
    let state = negotiation.withLock { $0.state }
    guard state != .fallenBack else { return first.prepare(shipment) }
    let headers: [HeaderField]
    switch first.headers(of: shipment, version: .second) {
    case .success(let fields): headers = fields
    case .failure(let refusal): return .finished(refusal.verdict)
    }
    guard let transcript = transcoder.transcode(shipment) else {
      return .finished(.refused(status: 0, reason: "the block cannot be read back"))
    }
    let held = shipment.payloads.reduce(into: Contents()) { $0 += $1.contents }
    guard let body = transcript.body else { return withoutBody(shipment, state, held) }
    let request = Negotiation.Request(held: held, sent: transcript.contents)
    return .request(headers: headers, body: body, judge: { [self] in judge($0, request) })
  }

  /// What is to be done with a shipment that has nothing to say in 2.0.
  private func withoutBody(_ shipment: Shipment, _ state: Negotiation.State, _ held: Contents) -> Preparation {
    let isLost = !held.isEmpty
    // As long as nothing is known of the backend, metadata may still have to reach it by itself.
    if !isFixed, isLost || state == .trying { return first.prepare(shipment) }
    guard isLost else { return .finished(.delivered) }
    let reason = "exemplars without a sample of their series have no place in remote-write 2.0"
    return .finished(.partly(refused: held, status: 0, reason: reason))
  }

  private func judge(_ answer: Answer, _ request: Negotiation.Request) -> Verdict {
    let (verdict, hasFallenBack) = negotiation.withLock { negotiation in
      let before = negotiation.state
      let verdict = negotiation.verdict(answer, to: request)
      return (verdict, negotiation.state == .fallenBack && before != .fallenBack)
    }
    if hasFallenBack {
      logger.notice(
        "backend does not know remote-write 2.0; it gets 1.0 from now on",
        metadata: ["status": "\(answer.status)", "answer": "\(answer.excerpt)"])
    }
    return verdict
  }
}
