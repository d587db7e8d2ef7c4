internal import Model
internal import Rules
internal import Spool

/// What becomes of a request: that of all its parts together.
struct IngestOutcome {
  private let request: IngestRequest
  private let losses: Losses
  private(set) var entries: [Entry] = []
  /// What is refused to the sender: by the decoder, for want of a tenant, by the routes.
  var refusals: Refusals
  /// Metadata that counts as sent when this is, by tenant.
  private(set) var told: [(tenant: String, due: MetadataMemory.Due)] = []
  /// What was not refused.
  private(set) var accepted = SeriesCounts()
  /// After how many seconds the sender is to come again with what was beyond a limit; nil where nothing was.
  private(set) var retryAfter: Int?
  /// What the routes have taken and left out.
  private(set) var dropped: [Movement] = []
  /// Whether a route that takes some of it acknowledges only what is on disk.
  private(set) var waitsForStorage = false
  private var droppedSamples: [DropCause: Int] = [:]
  private var takeovers: [(tenant: String, count: Int)] = []
  private var charges: [(account: TenantAccount, samples: Int)] = []
  private var tenants: [(name: String, samples: Int)] = []
  private var routes: [(name: String, samples: Int)] = []

  /// - Parameter losses: what of the request cannot be said in a series.
  init(_ request: IngestRequest, refusals: Refusals, losses: Losses = Losses()) {
    self.request = request
    self.refusals = refusals
    self.losses = losses
  }

  mutating func add(_ dispatch: Dispatch) {
    entries += dispatch.entries
    refusals.add(dispatch.refusals)
    told.append((dispatch.part.tenant.text, dispatch.due))
    accepted += dispatch.accepted
    dropped += dispatch.dropped
    waitsForStorage = waitsForStorage || dispatch.waitsForStorage
    droppedSamples[.rule, default: 0] += dispatch.losses.dropped.batchSize
    droppedSamples[.haReplica, default: 0] += dispatch.losses.passedOver.batchSize
    takeovers.append((dispatch.part.tenant.text, dispatch.takeovers))
    tenants.append((dispatch.part.tenant.text, dispatch.accepted.batchSize))
    routes += dispatch.taken.map { ($0.route, $0.counts.batchSize) }
  }

  var due: [MetadataMemory.Due] { told.map(\.due) }

  /// Part of the request was beyond a limit that it may be within later.
  mutating func limit(retryAfter seconds: Int) { retryAfter = max(retryAfter ?? 0, seconds) }

  /// Notes what an account was charged for the request.
  mutating func charge(_ account: TenantAccount, _ samples: Int) { charges.append((account, samples)) }

  /// The request was not taken after all.
  func undoCharges() {
    for (account, samples) in charges { account.giveBack(samples: samples) }
  }

  func intake(listener: String, receivedBytes: Int, decodedBytes: Int) -> GatewayMetrics.Intake {
    GatewayMetrics.Intake(
      listener: listener, protocolName: request.format.protocolName, tenants: tenants, receivedBytes: receivedBytes,
      decodedBytes: decodedBytes, samples: accepted.batchSize, dropped: droppedSamples, takeovers: takeovers,
      routes: routes, refusals: refusals.counts, losses: losses)
  }
}

extension Refusals {
  /// Series that the splitter found no tenant for.
  mutating func add(_ losses: TenantSplitter.Losses) {
    if losses.unnamed > 0 {
      add(.noTenant, count: losses.unnamed, detail: "\(losses.unnamed) series name no tenant, nor does their request")
    }
    if losses.invalid > 0 {
      add(
        .invalidTenant, count: losses.invalid, detail: "\(losses.invalid) series name no valid tenant: \(losses.fault)")
    }
    if losses.forbidden > 0 {
      let tenant = losses.forbiddenTenant
      add(
        .forbiddenTenant, count: losses.forbidden,
        detail: "\(losses.forbidden) series name a tenant that the sender may not write as, such as \"\(tenant)\"")
    }
  }
}
