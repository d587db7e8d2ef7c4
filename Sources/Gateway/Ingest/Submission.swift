internal import Inbound
internal import Model
internal import Rules
internal import Spool

/// What a request brought, on its way into the spool, and the answer that its routes promise: as soon as the spool has it in
/// memory, when it is on disk, or when the backends have it. Of several routes the one that promises most decides.
struct Submission: Sendable {
  private let services: IngestServices
  private let format: WireFormat
  private let entries: [Entry]
  private let dropped: [Movement]
  private let due: [MetadataMemory.Due]
  private let waitsForStorage: Bool
  private let refusals: Refusals
  private let accepted: SeriesCounts
  /// After how many seconds what was beyond a limit may come again.
  private let limitedFor: Int?
  private let intake: GatewayMetrics.Intake
  private let reply: Reply
  /// Gives back what tenants were charged for the request.
  private let undoCharges: @Sendable () -> Void

  init(
    _ outcome: IngestOutcome, _ format: WireFormat, intake: GatewayMetrics.Intake, reply: Reply,
    services: IngestServices
  ) {
    entries = outcome.entries
    dropped = outcome.dropped
    due = outcome.due
    waitsForStorage = outcome.waitsForStorage
    refusals = outcome.refusals
    accepted = outcome.accepted
    limitedFor = outcome.retryAfter
    undoCharges = { [charges = outcome.charges] in for charge in charges { charge.undo() } }
    (self.format, self.intake) = (format, intake)
    (self.reply, self.services) = (reply, services)
  }

  /// Has the request answered, now or later; throws when nothing of it is taken.
  func submit() throws(IngestRequest.Refusal) {
    var entries = entries
    let awaited = entries.indices.filter { entries[$0].attempts == .once }
    guard awaited.isEmpty else {
      let pending = pendingAnswer(awaited.count + (waitsForStorage ? 1 : 0))
      for index in awaited { entries[index].receipt = pending.receipt(for: entries[index].payload.contents) }
      return try append(entries) { error in
        note(error)
        if waitsForStorage { pending.settleStorage(error) }
      }
    }
    guard waitsForStorage else {
      try append(entries) { note($0) }
      return reply.send(taken, format)
    }
    try append(entries) { error in
      note(error)
      if error != nil { undoCharges() }
      reply.send(error == nil ? taken : Self.notStored(format), format)
    }
  }

  /// - Parameter kept: hears when all is stored, or why it is lost again.
  private func append(
    _ entries: [Entry], kept: @escaping @Sendable ((any Error)?) -> Void
  ) throws(IngestRequest.Refusal) {
    guard !entries.isEmpty || !dropped.isEmpty else { return kept(nil) }
    let begun = ContinuousClock.now
    let metrics = services.metrics
    let result = services.spool.append(entries, dropped: dropped) { error in
      metrics.committed(after: .now - begun)
      kept(error)
    }
    if case .taken = result { return }
    forgetMetadata()
    throw .init(format, 503, Self.reason(result))
  }

  private static func reason(_ result: AppendResult) -> String {
    switch result {
    case .full(let backends): "the queue of \(backends.joined(separator: ", ")) is full"
    case .unavailable(let reason): "the spool cannot take it now: \(reason)"
    case .unknown, .closed, .taken: "the gateway is stopping or changing its backends"
    }
  }

  /// Counts the request as taken, or takes note that it was not.
  private func note(_ error: (any Error)?) {
    if error == nil {
      services.metrics.accepted(intake)
    } else {
      forgetMetadata()
      // Whoever was told already will not send it again.
      if !waitsForStorage { services.metrics.lost(samples: intake.samples) }
    }
  }

  private func pendingAnswer(_ outstanding: Int) -> PendingAnswer {
    return PendingAnswer(
      outstanding: outstanding, format, refusals: refusals, accepted: accepted, limitedFor: limitedFor
    ) { [self] response in
      if response.status >= 400 { forgetMetadata() }
      // It comes again.
      if response.status >= 500 || response.status == 429 { undoCharges() }
      reply.send(response, format)
    }
  }

  private func forgetMetadata() {
    for due in due { services.metadata.forget(due) }
  }

  private var taken: Response {
    AnswerWriter.taken(format, refusals: refusals, written: accepted, limitedFor: limitedFor)
  }

  private static func notStored(_ format: WireFormat) -> Response {
    AnswerWriter.refused(format, 503, "the data could not be stored")
  }
}
