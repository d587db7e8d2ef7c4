internal import Config
internal import Inbound
internal import Memory
internal import Model
internal import Rules
internal import Spool
internal import Wire

/// Carries a request from its bytes to the lanes: decompress, decode, route, encode, append. One thread owns one worker with
/// all its memory.
final class IngestWorker: RequestWorker {
  private let services: IngestServices
  private let listener: Address
  private let batch = SeriesBatch(arena: Buffer(capacity: 1 << 20))
  private let memory: RequestMemory
  private let decoder: BodyDecoder
  private let router: SeriesRouter
  private let blocks: BlockWriter

  init(_ services: IngestServices, listener: Address) {
    self.services = services
    self.listener = listener
    memory = RequestMemory(services.memory)
    decoder = BodyDecoder(services.context, memory)
    router = SeriesRouter(elections: services.elections)
    blocks = BlockWriter(pool: services.blockPool)
  }

  func process(_ exchange: Exchange) {
    let reply = Reply(exchange, services.metrics, listener: "\(listener)")
    do throws(IngestRequest.Refusal) {
      try take(IngestRequest(exchange.head, services.context), exchange, reply)
    } catch {
      reply.send(error.response, error.format)
    }
    if memory.end() { shrink() }
  }

  /// Gives back the memory that a large request has made it take.
  private func shrink() {
    batch.shrink(to: 1 << 20)
    decoder.shrink()
    router.shrink()
    blocks.shrink()
  }

  private func take(
    _ request: IngestRequest, _ exchange: Exchange, _ reply: Reply
  ) throws(IngestRequest.Refusal) {
    let received = exchange.body.count
    batch.removeAll()
    let limit = request.context.limits(of: listener).maxDecodedBytes
    batch.wantsResources = request.context.table.usesResources
    let decoded = try decoder.decode(exchange.body, request, limit: limit, into: batch)
    let dispatch = try dispatch(request, exchange)
    // What waits for its answer holds no more than it needs.
    exchange.releaseBody()
    let intake = intake(request, dispatch, receivedBytes: received, decodedBytes: decoded)
    try Submission(
      dispatch, request.format, accepted: accepted, intake: intake, reply: reply, services: services
    ).submit()
    noteCollisions(dispatch, request)
  }

  /// Routes the batch and makes the entries for the spool.
  private func dispatch(_ request: IngestRequest, _ exchange: Exchange) throws(IngestRequest.Refusal) -> Dispatch {
    let plan = request.plan(listener)
    guard !plan.routes.isEmpty else {
      throw .init(request.format, 400, "no route takes tenant \"\(request.tenant)\"")
    }
    // Each form in which a route sends takes its own copy of the series, in a buffer that doubles as it grows. Of more than
    // two, most take some of the series each.
    try memory.demand(batch.arena.count * (1 + 2 * min(plan.outputs.count, 2)), request.format)
    var dispatch = Dispatch(request, plan, batch, blocks)
    switch router.route(batch, by: plan, from: request.tenant.text) {
    case .whole(let outputs):
      try dispatch.addWhole(outputs, received: request.format == .remoteWrite ? received(exchange) : nil)
      if !batch.wholeRequestHoldsMetadata { addMetadata(to: &dispatch, request) }
    case .bins:
      try dispatch.addBins(router)
      addMetadata(to: &dispatch, request)
    }
    return dispatch
  }

  /// The body as it came, as a payload: what is not changed is not compressed again.
  private func received(_ exchange: Exchange) -> Payload {
    let contents = Contents(SeriesCounts(batch), metadata: batch.metadata.count)
    let rawBytes = batch.wholeRequest?.count ?? 0
    return blocks.payload(
      received: exchange.body, rawBytes: rawBytes, contents, pool: services.bodyPool, take: exchange.takeBody)
  }

  /// Remote-write 1.0 repeats metadata once a minute by itself, 2.0 and OTLP with every request.
  private func addMetadata(to dispatch: inout Dispatch, _ request: IngestRequest) {
    switch request.format {
    case .remoteWrite: dispatch.addMetadata((0..<batch.metadata.count).map { batch.metadata[$0] })
    case .remoteWrite2, .otlpProtobuf, .otlpJSON:
      dispatch.addMetadata(services.metadata.due(batch, tenant: request.tenant.text))
    }
  }

  private func noteCollisions(_ dispatch: Dispatch, _ request: IngestRequest) {
    let tenant = request.tenant.text
    switch request.format {
    case .remoteWrite:
      let all = (0..<batch.metadata.count).lazy.map { [batch] in batch.metadata[$0] }
      services.collisions.note(all, of: batch, tenant: tenant)
    case .remoteWrite2, .otlpProtobuf, .otlpJSON:
      services.collisions.note(dispatch.due.records, of: batch, tenant: tenant)
    }
  }

  /// What of the batch was not refused; what a rule drops is accepted.
  private var accepted: SeriesCounts {
    let losses = router.losses
    return [
      losses.noRoute, losses.noTenant, losses.invalidHeader, losses.tooLarge, losses.tooManyClusters,
      losses.tooManyAddressees,
    ].reduce(SeriesCounts(batch), -)
  }

  private func intake(
    _ request: IngestRequest, _ dispatch: Dispatch, receivedBytes: Int, decodedBytes: Int
  ) -> GatewayMetrics.Intake {
    let losses = router.losses
    let accepted = accepted
    return GatewayMetrics.Intake(
      listener: "\(listener)", protocolName: request.format.protocolName, tenant: request.tenant.text,
      receivedBytes: receivedBytes, decodedBytes: decodedBytes,
      samples: accepted.batchSize,
      dropped: [.rule: losses.dropped.batchSize, .haReplica: losses.passedOver.batchSize],
      takeovers: router.takeovers, routes: dispatch.taken.map { ($0.route, $0.counts.batchSize) },
      refusals: dispatch.refusals.counts, losses: batch.losses)
  }
}
