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
  private let splitter = TenantSplitter()
  private let limiter = SeriesLimiter()
  private let router: SeriesRouter
  private let blocks: BlockWriter

  init(_ services: IngestServices, listener: Address) {
    self.services = services
    self.listener = listener
    memory = RequestMemory(services.memory, workers: services.workers)
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

  /// Gives back the memory that large requests have made it take.
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
    batch.wantsResources = request.context.asksResources
    if let tenant = request.sender.tenant {
      try services.control.checkBody(received, request, tenant, request.context.limits(of: tenant))
    }
    let decoded = try decoder.decode(exchange.body, request, limit: limit, into: batch)
    var outcome = IngestOutcome(request, refusals: batch.refusals, losses: batch.losses)
    do throws(IngestRequest.Refusal) {
      let parts = try parts(of: request, &outcome.refusals)
      if services.recent.isDue, let part = parts.randomElement() {
        services.recent.note(part.batch, part.facts(listener), exchange.head.headers)
      }
      noteOrphans(parts, &outcome)
      for part in parts {
        guard let part = try services.control.admit(part, limiter, &outcome) else { continue }
        outcome.add(try dispatch(part, exchange))
        if services.tap.isOpen { services.tap.offer(part.batch, part.facts(listener), request.context) }
      }
      // What waits for its answer holds no more than it needs.
      exchange.releaseBody()
      let intake = outcome.intake(listener: "\(listener)", receivedBytes: received, decodedBytes: decoded)
      try Submission(outcome, request.format, intake: intake, reply: reply, services: services).submit()
    } catch {
      outcome.undoCharges()
      throw error
    }
    noteCollisions(outcome, request)
  }

  /// The parts of the request by tenant; what belongs to none is refused.
  private func parts(
    of request: IngestRequest, _ refusals: inout Refusals
  ) throws(IngestRequest.Refusal) -> [IngestPart] {
    let sources = batch.series.isEmpty ? nil : request.context.identity.seriesSources
    guard let sources else {
      return request.sender.tenant.map { tenant in
        [IngestPart(request: request, tenant: tenant, batch: batch, isWhole: true)]
      } ?? []
    }
    // Series whose label is removed are written anew.
    try memory.demand(batch.arena.count * 2, request.format)
    let parts = splitter.split(batch, of: request.sender, by: sources)
    refusals.add(splitter.losses)
    return parts.map { part in
      IngestPart(request: request, tenant: part.tenant, batch: part.batch, isWhole: part.batch === batch)
    }
  }

  /// Metadata that no tenant of a request gets, if it was sent to one at all.
  private func noteOrphans(_ parts: [IngestPart], _ outcome: inout IngestOutcome) {
    guard !batch.metadata.isEmpty, !parts.contains(where: \.isWhole) else { return }
    let names = parts.map { FamilyNames(of: $0.batch) }
    let orphans = (0..<batch.metadata.count).count { index in
      let family = batch.bytes(batch.metadata[index].family)
      return !names.contains { $0.contains(family) }
    }
    outcome.lose(.metadataWithoutTenant, orphans)
  }

  /// Routes a part and makes its entries for the spool.
  private func dispatch(_ part: IngestPart, _ exchange: Exchange) throws(IngestRequest.Refusal) -> Dispatch {
    let plan = part.plan(listener)
    var dispatch = Dispatch(part, plan, blocks, services.packer)
    guard !plan.routes.isEmpty else {
      if part.isWhole { throw .init(part.request.format, 400, "no route takes tenant \"\(part.tenant)\"") }
      dispatch.refuseAll()
      return dispatch
    }
    // Each form in which a route sends takes its own copy of the series, in a buffer that doubles as it grows. Of more than
    // two, most take some of the series each.
    try memory.demand(batch.arena.count * (1 + 2 * min(plan.outputs.count, 2)), part.request.format)
    switch router.route(part.batch, by: plan, from: part.tenant.text) {
    case .whole(let outputs):
      let isReceived = part.request.format == .remoteWrite
      try dispatch.addWhole(outputs, received: isReceived ? { [self] in received(exchange) } : nil)
      if !batch.wholeRequestHoldsMetadata { addMetadata(to: &dispatch) }
    case .bins:
      try dispatch.addBins(router)
      addMetadata(to: &dispatch)
    }
    dispatch.addDrops(router)
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
  private func addMetadata(to dispatch: inout Dispatch) {
    let part = dispatch.part
    guard !batch.metadata.isEmpty else { return }
    // What other tenants in the request have is none of this one's business.
    let names = part.isWhole ? nil : FamilyNames(of: part.batch)
    func concerns(_ record: MetadataRecord) -> Bool { names?.contains(batch.bytes(record.family)) ?? true }
    switch part.request.format {
    case .remoteWrite: dispatch.addMetadata((0..<batch.metadata.count).map { batch.metadata[$0] }.filter(concerns))
    case .remoteWrite2, .otlpProtobuf, .otlpJSON:
      dispatch.addMetadata(services.metadata.due(batch, tenant: part.tenant.text, where: concerns))
    }
  }

  private func noteCollisions(_ outcome: IngestOutcome, _ request: IngestRequest) {
    switch request.format {
    case .remoteWrite:
      guard let tenant = request.sender.tenant else { return }
      let all = (0..<batch.metadata.count).lazy.map { [batch] in batch.metadata[$0] }
      services.collisions.note(all, of: batch, tenant: tenant.text)
    case .remoteWrite2, .otlpProtobuf, .otlpJSON:
      for (tenant, due) in outcome.told { services.collisions.note(due.records, of: batch, tenant: tenant) }
    }
  }
}
