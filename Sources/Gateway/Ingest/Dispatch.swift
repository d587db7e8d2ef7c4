internal import Memory
internal import Model
internal import Rules
internal import Spool
internal import Wire

/// Turns a part of a request, routed, into the entries that go to the spool.
struct Dispatch {
  private(set) var entries: [Entry] = []
  /// What is refused to the sender because of the routes.
  private(set) var refusals = Refusals()
  /// Samples taken by each route.
  private(set) var taken: [(route: String, counts: SeriesCounts)] = []
  /// What the routes have taken and left out.
  private(set) var dropped: [Movement] = []
  /// Whether a route that takes some of it acknowledges only what is on disk.
  private(set) var waitsForStorage = false
  /// Metadata that counts as sent when this is; empty for protocols that send it all by themselves.
  private(set) var due = MetadataMemory.Due()

  /// What was lost on the way to the bins.
  private(set) var losses = SeriesRouter.Losses()
  /// Clusters in which another replica was elected.
  private(set) var takeovers = 0

  let part: IngestPart
  private let plan: Plan
  private let blocks: BlockWriter
  private let packer: BlockPacker
  private var request: IngestRequest { part.request }
  private var batch: SeriesBatch { part.batch }

  init(_ part: IngestPart, _ plan: Plan, _ blocks: BlockWriter, _ packer: BlockPacker) {
    self.part = part
    self.plan = plan
    self.blocks = blocks
    self.packer = packer
  }

  /// What of the part was not refused; what a rule drops is accepted.
  var accepted: SeriesCounts {
    [
      losses.noRoute, losses.noTenant, losses.invalidHeader, losses.tooLarge, losses.tooManyClusters,
      losses.tooManyAddressees,
    ].reduce(SeriesCounts(batch), -)
  }

  /// The whole request goes to `outputs` as it is. `received` is the body to be sent when it is already in the form that
  /// backends take, else the batch's own bytes are compressed.
  mutating func addWhole(_ outputs: [Int], received: (() -> Payload)?) throws(IngestRequest.Refusal) {
    guard let range = batch.wholeRequest, !range.isEmpty else { return }
    let counts = SeriesCounts(batch)
    let contents = Contents(counts, metadata: batch.wholeRequestHoldsMetadata ? batch.metadata.count : 0)
    let payload =
      loose(batch.bytes(range), contents, for: outputs) ?? received?()
      ?? blocks.payload(whole: batch, range, contents)
    for output in outputs {
      add(payload, output, to: try addressee(of: output), shard: 0)
      taken.append((route(of: output).name, counts))
    }
  }

  /// The series go where the router has put them.
  mutating func addBins(_ router: SeriesRouter) throws(IngestRequest.Refusal) {
    var ofRequest: [Int: Addressee] = [:]
    for bin in router.bins.prefix(router.binCount) {
      let number = plan.outputs[bin.output].route
      let addressee: Addressee
      if let known = bin.addressee ?? ofRequest[number] {
        addressee = known
      } else {
        addressee = try self.addressee(of: bin.output)
        ofRequest[number] = addressee
      }
      add(payload(bin.bytes.bytes, Contents(bin.counts), for: bin.output), bin.output, to: addressee, shard: bin.shard)
      taken.append((route(of: bin.output).name, bin.counts))
    }
    losses = router.losses
    takeovers = router.takeovers
    refuse(router)
  }

  /// No route takes any of it.
  mutating func refuseAll() {
    losses.noRoute = SeriesCounts(batch)
    refuse(losses.noRoute, nil, .noRoute, "no route takes")
  }

  /// What the rules left out is accepted, and goes into the books.
  mutating func addDrops(_ router: SeriesRouter) {
    for drop in router.drops {
      let route = plan.routes[drop.route].route
      noteAcknowledgement(of: route)
      for backend in drop.output.map({ plan.outputs[$0].backends }) ?? [""] {
        dropped.append(
          Movement(
            account: Account(tenant: part.tenant.text, route: route.name), backend: backend,
            cause: drop.cause == .replica ? .haReplica : .rule, contents: Contents(drop.counts)))
      }
    }
  }

  private mutating func noteAcknowledgement(of route: Route) {
    if route.acknowledgement == .stored { waitsForStorage = true }
  }

  /// As below, with what `MetadataMemory` says is due.
  mutating func addMetadata(_ due: MetadataMemory.Due) {
    self.due = due
    // One that only tells of a second scope repeats what another one has.
    addMetadata(due.records.filter { $0.origin?.scopes == nil })
  }

  /// `records` go, in a block of their own, to every output that may take series of this request.
  ///
  /// A route whose tenant this request does not name gets none: had it taken a series, the request would be refused.
  mutating func addMetadata(_ records: [MetadataRecord]) {
    guard !records.isEmpty else { return }
    for (number, output) in plan.outputs.enumerated() where !plan.routes[output.route].addressesBySeries {
      guard let addressee = try? addressee(of: number) else { continue }
      let namespace = output.profile.transform.namespace
      let content = Buffer(capacity: 4096)
      for record in records {
        MetadataEncoder.append(record, of: batch, prefix: namespace.isEmpty ? "" : namespace + "_", to: content)
      }
      let payload = withExtendedLifetime(content) {
        self.payload(content.bytes, Contents(metadata: records.count), for: number)
      }
      add(payload, number, to: addressee, shard: 0)
    }
  }

  private func payload(_ content: UnsafeRawBufferPointer, _ contents: Contents, for output: Int) -> Payload {
    loose(content, contents, for: CollectionOfOne(output)) ?? blocks.payload(content, contents)
  }

  /// Nil where it is not worth it, or a sender waits to hear what becomes of just this.
  private func loose(
    _ content: UnsafeRawBufferPointer, _ contents: Contents, for outputs: some Sequence<Int>
  ) -> Payload? {
    guard outputs.allSatisfy({ route(of: $0).acknowledgement != .delivered }) else { return nil }
    return packer.loose(content, contents)
  }

  private mutating func add(_ payload: Payload, _ output: Int, to addressee: Addressee, shard: Int) {
    let route = route(of: output)
    let isAwaited = route.acknowledgement == .delivered
    noteAcknowledgement(of: route)
    let account = Account(tenant: part.tenant.text, route: route.name)
    for backend in plan.outputs[output].backends {
      // A best-effort backend never makes anyone wait, whatever the route says of the others.
      let attempts: Attempts =
        isAwaited && !request.context.bestEffortBackends.contains(backend) ? .once : .untilExpired
      let lane = LaneKey(backend: backend, tenant: addressee.tenant, shard: shard, headers: addressee.headers)
      entries.append(Entry(lane: lane, account: account, payload: payload, attempts: attempts))
    }
  }

  private func route(of output: Int) -> Route { plan.routes[plan.outputs[output].route].route }

  private mutating func refuse(_ router: SeriesRouter) {
    guard router.hasRefused else { return }
    let losses = router.losses
    let points = request.format.protocolName == .otlp ? router.refusedPoints(of: batch) : nil
    refuse(losses.noRoute, points?[.noRoute], .noRoute, "no route takes")
    refuse(losses.noTenant, points?[.noTenant], .noTenant, "the route's template gives no valid tenant for")
    refuse(
      losses.invalidHeader, points?[.invalidHeader], .invalidHeader, "the route's templates give no valid header for")
    refuse(losses.tooLarge, points?[.tooLarge], .tooManyLabels, "the rules make too many labels of")
    refuse(
      losses.tooManyClusters, points?[.tooManyClusters], .tooManyClusters,
      "there are too many clusters of replicas to take")
    refuse(
      losses.tooManyAddressees, points?[.tooManyAddressees], .tooManyTenants,
      "the routes would take the request apart into more than \(SeriesRouter.mostBins) blocks, without")
  }

  /// - Parameter points: how many data points the series came of; nil for protocols that have none.
  private mutating func refuse(_ counts: SeriesCounts, _ points: Int?, _ reason: RefusalReason, _ words: String) {
    guard counts.series > 0 else { return }
    let tenant = part.tenant
    let origin = points.map { " of \($0) data points" } ?? ""
    refusals.add(
      reason, count: points ?? counts.series,
      detail: "\(words) \(counts.series) series\(origin) of tenant \"\(tenant)\"")
  }

  /// As what the series of an output leave where that does not depend on them.
  private func addressee(of output: Int) throws(IngestRequest.Refusal) -> Addressee {
    let route = plan.routes[plan.outputs[output].route]
    do throws(Template.Failure) {
      return try route.addressee(tenant: part.tenant) { request.header($0) }
    } catch {
      throw .init(request.format, 400, "route \"\(route.route.name)\": \(error)")
    }
  }
}
