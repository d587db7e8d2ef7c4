internal import Memory
internal import Model
internal import Rules
internal import Spool
internal import Wire

/// Turns a routed batch into the entries that go to the spool, all at once.
struct Dispatch {
  private(set) var entries: [Entry] = []
  /// What is refused to the sender: what the decoder refused, and what no route takes.
  private(set) var refusals: Refusals
  /// Samples taken by each route, by its index in the table.
  private(set) var taken: [(route: Int, counts: SeriesCounts)] = []
  /// Metadata that counts as sent when this is; empty for protocols that send it all by themselves.
  private(set) var due = MetadataMemory.Due()

  private let request: IngestRequest
  private let plan: Plan
  private let batch: SeriesBatch
  private let blocks: BlockWriter

  init(_ request: IngestRequest, _ plan: Plan, _ batch: SeriesBatch, _ blocks: BlockWriter) {
    self.request = request
    self.plan = plan
    self.batch = batch
    self.blocks = blocks
    refusals = batch.refusals
  }

  /// The whole request goes to `outputs` as it is. `received` is the body to be sent when it is already in the form that
  /// backends take, else the batch's own bytes are compressed.
  mutating func addWhole(_ outputs: [Int], received: Payload?) throws(IngestRequest.Refusal) {
    guard let range = batch.wholeRequest, !range.isEmpty else { return }
    let counts = SeriesCounts(batch)
    let contents = Contents(counts, metadata: batch.wholeRequestHoldsMetadata ? batch.metadata.count : 0)
    let payload = received ?? blocks.payload(batch.bytes(range), contents)
    for output in outputs {
      add(payload, output, tenant: try tenant(of: output), shard: 0)
      taken.append((plan.table.outputs[output].route, counts))
    }
  }

  /// The series go where the router has put them.
  mutating func addBins(_ router: SeriesRouter) throws(IngestRequest.Refusal) {
    for bin in router.bins.prefix(router.binCount) {
      let tenant = if let tenant = bin.tenant { tenant } else { try tenant(of: bin.output) }
      add(blocks.payload(bin.bytes.bytes, Contents(bin.counts)), bin.output, tenant: tenant, shard: bin.shard)
      taken.append((plan.table.outputs[bin.output].route, bin.counts))
    }
    refuse(router.losses.noRoute, .noRoute, "no route takes")
    refuse(router.losses.noTenant, .noTenant, "the route's template gives no valid tenant for")
    refuse(router.losses.tooLarge, .tooManyLabels, "the rules make too many labels of")
  }

  /// As below, with what `MetadataMemory` says is due.
  mutating func addMetadata(_ due: MetadataMemory.Due) {
    self.due = due
    addMetadata(due.records)
  }

  /// `records` go, in a block of their own, to every output that may take series of this request.
  ///
  /// A route whose tenant this request does not name gets none: had it taken a series, the request would be refused.
  mutating func addMetadata(_ records: [MetadataRecord]) {
    guard !records.isEmpty else { return }
    for index in plan.candidates {
      for output in plan.table.routes[index].outputs where plan.table.routes[index].tenant?.dependsOnSeries != true {
        guard let tenant = try? tenant(of: output) else { continue }
        let namespace = plan.table.outputs[output].profile.transform.namespace
        let content = Buffer(capacity: 4096)
        for record in records {
          MetadataEncoder.append(record, of: batch, prefix: namespace.isEmpty ? "" : namespace + "_", to: content)
        }
        let payload = withExtendedLifetime(content) {
          blocks.payload(content.bytes, Contents(metadata: records.count))
        }
        add(payload, output, tenant: tenant, shard: 0)
      }
    }
  }

  private mutating func add(_ payload: Payload, _ output: Int, tenant: String, shard: Int) {
    let output = plan.table.outputs[output]
    let route = plan.table.routes[output.route].route
    let isAwaited = route.acknowledgement == .delivered
    let account = Account(tenant: request.tenant.text, route: route.name)
    for backend in output.backends {
      // A best-effort backend never makes anyone wait, whatever the route says of the others.
      let attempts: Attempts =
        isAwaited && !request.context.bestEffortBackends.contains(backend) ? .once : .untilExpired
      entries.append(
        Entry(
          lane: LaneKey(backend: backend, tenant: tenant, shard: shard), account: account, payload: payload,
          attempts: attempts))
    }
  }

  private mutating func refuse(_ counts: SeriesCounts, _ reason: RefusalReason, _ words: String) {
    guard counts.series > 0 else { return }
    let tenant = request.tenant
    refusals.add(reason, count: counts.series, detail: "\(words) \(counts.series) series of tenant \"\(tenant)\"")
  }

  /// The outgoing tenant of an output that does not depend on the series.
  private func tenant(of output: Int) throws(IngestRequest.Refusal) -> String {
    let route = plan.table.routes[plan.table.outputs[output].route]
    guard let template = route.tenant else { return request.tenant.text }
    do throws(Template.Failure) {
      return try template.render { variable in
        switch variable.source {
        case .tenant: request.tenant.text
        case .header: request.header(variable.name)
        case .label, .resource: nil
        }
      }
    } catch {
      throw .init(request.format, 400, "route \"\(route.route.name)\": \(error)")
    }
  }
}
