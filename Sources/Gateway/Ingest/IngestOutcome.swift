internal import Model
internal import Rules
internal import Spool

/// What becomes of a request: that of all its parts together.
struct IngestOutcome {
  /// Samples of a tenant's rate that a request has used.
  struct Charge: Sendable {
    let account: TenantAccount
    let samples: Int

    func undo() { account.giveBack(samples: samples) }
  }

  private let request: IngestRequest
  private var losses: Losses
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
  /// What tenants were charged for the request.
  private(set) var charges: [Charge] = []
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
    for taken in dispatch.taken { note(taken.route, taken.counts.batchSize) }
  }

  /// The parts of a request mostly go by the same route.
  private mutating func note(_ route: String, _ samples: Int) {
    if let last = routes.indices.last, routes[last].name == route {
      routes[last].samples += samples
    } else {
      routes.append((route, samples))
    }
  }

  var due: [MetadataMemory.Due] { told.map(\.due) }

  /// Notes what of the request is left out.
  mutating func lose(_ kind: LossKind, _ count: Int) { losses.add(kind, count) }

  /// Part of the request was beyond a limit that it may be within later.
  mutating func limit(retryAfter seconds: Int) { retryAfter = max(retryAfter ?? 0, seconds) }

  /// Notes what an account was charged for the request.
  mutating func charge(_ account: TenantAccount, _ samples: Int) {
    charges.append(Charge(account: account, samples: samples))
  }

  /// The request was not taken after all.
  func undoCharges() {
    for charge in charges { charge.undo() }
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
