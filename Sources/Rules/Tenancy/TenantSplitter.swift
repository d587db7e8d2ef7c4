internal import Memory
public import Model

/// Sorts the series of a request by the tenants that they name themselves, in a label or by the resource that they came
/// with. One a worker, on its thread.
///
/// What it costs for a series is a look for the label, of which the rest of the gateway sees nothing: each tenant's part is
/// a batch of its own over the same arena.
public final class TenantSplitter {
  /// The series of one tenant.
  public struct Part {
    public let tenant: TenantName
    public let batch: SeriesBatch
  }

  /// Series without a tenant that they may have, and the words for the first of each kind.
  public struct Losses: Equatable, Sendable {
    /// Neither they nor their request name a tenant.
    public internal(set) var unnamed = 0
    /// They name one that their sender may not write as.
    public internal(set) var forbidden = 0
    /// What they name is no tenant.
    public internal(set) var invalid = 0
    public internal(set) var forbiddenTenant = ""
    public internal(set) var fault = ""
  }

  @exclusivity(unchecked) public private(set) var losses = Losses()
  @exclusivity(unchecked) private var claims = TenantClaims()
  @exclusivity(unchecked) private var parts: [Part] = []
  /// Batches that parts were made of before, over the arena of all.
  @exclusivity(unchecked) private var idle: [SeriesBatch] = []
  /// What was decided for the claims of the request: an index into `parts`, or a loss.
  @exclusivity(unchecked) private var outcomes = Column<Int>()
  @exclusivity(unchecked) private var partOfTenant: [TenantName: Int] = [:]

  public init() {}

  /// The parts of `batch`, none of them empty. What was returned before is dead.
  /// - Parameter removes: whether the label is taken out of the series.
  public func split(_ batch: SeriesBatch, of sender: Sender, by sources: SeriesSources) -> [Part] {
    begin()
    var first = 0
    var resource = 0
    repeat {
      let (attribute, end) = attribute(resource, batch, sources)
      sort(batch, first..<end, attribute, sender, sources)
      if resource < batch.resources.count { noteEnd(of: batch.resources[resource]) }
      first = end
      resource += 1
    } while first < batch.series.count
    guard parts.count == 1, losses == Losses(), parts[0].batch.series.count == batch.series.count,
      sources.label?.isRemoved != true
    else { return parts }
    // All of it is one tenant's, as it came.
    return [Part(tenant: parts[0].tenant, batch: batch)]
  }

  /// The parts know of their series' resources what the batch does.
  private func noteEnd(of resource: ResourceRecord) {
    for part in parts {
      let end = part.batch.series.count
      part.batch.resources.append(ResourceRecord(attributes: resource.attributes, end: end))
    }
  }

  private func begin() {
    claims.makeRoom()
    for part in parts { idle.append(part.batch) }
    parts.removeAll(keepingCapacity: true)
    partOfTenant.removeAll(keepingCapacity: true)
    losses = Losses()
  }

  /// What the resource at `index` claims, and where its series end.
  private func attribute(_ index: Int, _ batch: SeriesBatch, _ sources: SeriesSources) -> (claim: Int, end: Int) {
    guard index < batch.resources.count else { return (0, batch.series.count) }
    let resource = batch.resources[index]
    guard let name = sources.attribute?.name.bytes, let value = batch.attributes(of: resource).value(of: name) else {
      return (0, resource.end)
    }
    return (claims.number(of: value), resource.end)
  }

  // Outcomes that are no part.
  private static let undecided = -1
  private static let invalid = -2
  private static let forbidden = -3
  private static let unnamed = -4

  /// Sorts a run of series that came with one resource.
  private func sort(
    _ batch: SeriesBatch, _ run: Range<Int>, _ attribute: Int, _ sender: Sender, _ sources: SeriesSources
  ) {
    outcomes.truncate()
    for index in run {
      let record = batch.series[index]
      var claim = 0
      if let label = sources.label {
        let value = batch.labels(of: record).value(of: label.name.bytes)
        if let value { claim = claims.number(of: value) }
      }
      while outcomes.count <= claim { outcomes.append(Self.undecided) }
      if outcomes[claim] == Self.undecided {
        outcomes[claim] = decide(claim, attribute, batch, sender, sources)
      }
      place(record, of: batch, outcomes[claim], removing: claim > 0 ? sources.label : nil)
    }
  }

  /// The part where a series with these claims belongs, or why it belongs nowhere.
  private func decide(
    _ label: Int, _ attribute: Int, _ batch: SeriesBatch, _ sender: Sender, _ sources: SeriesSources
  ) -> Int {
    var best = sender.tenant.map { (tenant: $0, rank: sender.rank) }
    for (claim, rank) in [(label, sources.label?.rank), (attribute, sources.attribute?.rank)] where claim > 0 {
      switch claims[claim] {
      case .failure(let fault):
        losses.fault = "\(fault)"
        return Self.invalid
      case .success(let tenant):
        guard sender.mayName(tenant) else {
          losses.forbiddenTenant = tenant.text
          return Self.forbidden
        }
        if let rank, rank < best?.rank ?? .max { best = (tenant, rank) }
      }
    }
    guard let best else { return Self.unnamed }
    return part(of: best.tenant, batch)
  }

  private func part(of tenant: TenantName, _ batch: SeriesBatch) -> Int {
    if let known = partOfTenant[tenant] { return known }
    if idle.last?.arena !== batch.arena { idle.removeAll() }
    let part = idle.popLast() ?? SeriesBatch(sharing: batch)
    part.removeSeries()
    parts.append(Part(tenant: tenant, batch: part))
    partOfTenant[tenant] = parts.count - 1
    return parts.count - 1
  }

  private func place(
    _ record: SeriesRecord, of batch: SeriesBatch, _ outcome: Int, removing label: SeriesSources.Label?
  ) {
    switch outcome {
    case Self.invalid: losses.invalid += 1
    case Self.forbidden: losses.forbidden += 1
    case Self.unnamed: losses.unnamed += 1
    default:
      guard let label, label.isRemoved else { return parts[outcome].batch.append(record) }
      guard let changed = batch.remove(label.name.bytes, from: record) else {
        losses.fault = "the request is too large to have its label removed"
        losses.invalid += 1
        return
      }
      parts[outcome].batch.append(changed)
    }
  }
}
