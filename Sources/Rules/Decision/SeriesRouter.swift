internal import CPlatform
public import Memory
public import Model

/// Where the series of one batch go.
public enum Routing {
  /// Every series goes, unchanged, to these outputs and under the request's tenant: the body can be sent as it is.
  case whole(outputs: [Int])
  /// The series were taken apart into these bins.
  case bins
}

/// Series that travel on together: for one output, tenant and shard; their fields of a `prometheus.WriteRequest`, one
/// behind the other.
public final class Bin {
  /// An index into the table's outputs.
  public fileprivate(set) var output = 0
  /// Nil: the tenant that the request's route says.
  public fileprivate(set) var tenant: String?
  public fileprivate(set) var shard = 0
  public let bytes = Buffer(capacity: 64 << 10)
  @exclusivity(unchecked) public fileprivate(set) var counts = SeriesCounts()

  fileprivate func open(_ output: Int, _ tenant: String?, _ shard: Int) {
    self.output = output
    self.tenant = tenant
    self.shard = shard
    bytes.count = 0
    counts = SeriesCounts()
  }
}

/// Sends every series of a batch where the plan says: the inner loop of the gateway. One a worker, on its thread.
///
/// Two passes: the first hashes all label blocks and asks for the cache lines of their decisions, the second reads the
/// decisions. The bytes of the series are touched only if they have to be taken apart.
public final class SeriesRouter {
  /// Series that go nowhere, by cause, since the last call of `route`.
  public struct Losses: Equatable, Sendable {
    /// No route takes them.
    public var noRoute = SeriesCounts()
    /// A relabelling rule dropped them, or a route sends them to no backend.
    public var dropped = SeriesCounts()
    /// The route names their tenant by a label that they lack, or that is no tenant.
    public var noTenant = SeriesCounts()
    /// The rules wanted to give them more labels or text than one series may have.
    public var tooLarge = SeriesCounts()

    public init() {}
  }

  // Unchecked, here and below: they are read for every series, by one thread, and no call of ours reaches them again.
  @exclusivity(unchecked) public private(set) var losses = Losses()
  /// Bins in use: the first `binCount` of `bins`.
  @exclusivity(unchecked) public private(set) var bins: [Bin] = []
  @exclusivity(unchecked) public private(set) var binCount = 0

  @exclusivity(unchecked) private var decisions: Decisions
  @exclusivity(unchecked) private var hashes = Column<SeriesHash>(capacity: 2048)
  @exclusivity(unchecked) private var chosen = Column<UInt32>(capacity: 2048)
  @exclusivity(unchecked) private var binTable = BinTable()
  /// Stands in until the first series has a bin of its own.
  private let spareBin = Bin()

  /// - Parameter memoLimit: how many series' decisions are remembered; each takes about 64 bytes.
  public init(memoLimit: Int = 1 << 20) {
    decisions = Decisions(limit: memoLimit)
  }

  /// Routes all series of `batch`. What `bins` held before is forgotten.
  public func route(_ batch: SeriesBatch, by plan: Plan) -> Routing {
    losses = Losses()
    binCount = 0
    let size = batch.wholeRequest?.count ?? .max
    if let outputs = plan.wholeOutputs, fits(size, outputs, plan) { return .whole(outputs: outputs) }
    decisions.makeRoom()
    hash(batch, plan)
    if choose(batch, plan), let outputs = wholeOutputs(plan), fits(size, outputs, plan) {
      return .whole(outputs: outputs)
    }
    fill(batch, plan)
    return .bins
  }

  private func fits(_ size: Int, _ outputs: [Int], _ plan: Plan) -> Bool {
    outputs.allSatisfy { plan.table.outputs[$0].profile.maxBlockBytes >= size }
  }

  private static let prefetchDistance = 16

  private func hash(_ batch: SeriesBatch, _ plan: Plan) {
    let count = batch.series.count
    hashes.truncate()
    hashes.reserve(count)
    let (series, hashes, arena, key) = (batch.series.base, hashes.base, batch.arena.base, plan.key)
    for index in 0..<count {
      let labels = series[index].labels
      hashes[index] = SeriesHash(arena + labels.start, count: labels.count, key: key)
    }
    self.hashes.commit(count)
  }

  /// Fills `chosen`, and says whether all series share one decision.
  private func choose(_ batch: SeriesBatch, _ plan: Plan) -> Bool {
    let count = batch.series.count
    chosen.truncate()
    chosen.reserve(count)
    let (hashes, chosen) = (hashes.base, chosen.base)
    for index in 0..<min(count, Self.prefetchDistance) { decisions.memo.prefetch(hashes[index]) }
    var differing: UInt32 = 0
    for index in 0..<count {
      if index &+ Self.prefetchDistance < count {
        decisions.memo.prefetch(hashes[index &+ Self.prefetchDistance])
      }
      let decision =
        decisions.memo.decision(for: hashes[index])
        ?? decisions.decide(batch.labels(of: batch.series[index]), hash: hashes[index], plan: plan)
      chosen[index] = decision
      differing |= decision ^ chosen[0]
    }
    self.chosen.commit(count)
    return count > 0 && differing == 0
  }

  /// The outputs of the one decision that all series share, if it leaves them as they are.
  private func wholeOutputs(_ plan: Plan) -> [Int]? {
    let decision = decisions[chosen[0]]
    guard decision.fate == .routed else { return nil }
    let targets = (0..<decision.targetCount).map { decision.target($0) }
    let areWhole = targets.allSatisfy {
      $0.script == nil && $0.tenant == 0 && plan.table.outputs[Int($0.output)].profile.shards == 1
    }
    return areWhole ? targets.map { Int($0.output) } : nil
  }

  private func fill(_ batch: SeriesBatch, _ plan: Plan) {
    binTable.removeAll()
    let limits = plan.table.limits
    var key = BinKey(output: .max, tenant: 0, shard: 0)
    var bin = spareBin
    for index in 0..<chosen.count {
      let record = batch.series[index]
      let decision = decisions[chosen[index]]
      guard decision.fate == .routed else {
        lose(record, decision.fate)
        continue
      }
      for number in 0..<decision.targetCount {
        let target = decision.target(number)
        let limit = limits[Int(target.output)]
        let shard = limit.shards == 1 ? 0 : UInt32(truncatingIfNeeded: hashes[index].high % UInt64(limit.shards))
        let next = BinKey(output: target.output, tenant: target.tenant, shard: shard)
        if next != key {
          key = next
          bin = self.bin(for: key)
        }
        if bin.bytes.count &+ record.encoded.count > limit.maxBytes, bin.counts.series > 0 { bin = openBin(key) }
        append(record, of: batch, to: bin, script: target.script)
      }
    }
  }

  private func lose(_ record: SeriesRecord, _ fate: Decisions.Fate) {
    switch fate {
    case .routed: break
    case .noRoute: losses.noRoute.add(record)
    case .dropped: losses.dropped.add(record)
    case .noTenant: losses.noTenant.add(record)
    case .tooLarge: losses.tooLarge.add(record)
    }
  }

  @inline(__always)
  private func bin(for key: BinKey) -> Bin {
    if let known = binTable[key] { return bins[known] }
    return openBin(key)
  }

  private func openBin(_ key: BinKey) -> Bin {
    if binCount == bins.count { bins.append(Bin()) }
    let bin = bins[binCount]
    bin.open(Int(key.output), key.tenant == 0 ? nil : decisions.tenants[Int(key.tenant) - 1], Int(key.shard))
    binTable.set(key, binCount)
    binCount += 1
    return bin
  }

  @inline(__always)
  private func append(
    _ record: SeriesRecord, of batch: SeriesBatch, to bin: Bin, script: UnsafePointer<UInt32>?
  ) {
    let arena = UnsafePointer(batch.arena.base)
    let output = bin.bytes
    bin.counts.add(record)
    guard let script else {
      output.reserve(record.encoded.count)
      sluice_copy32(output.base + output.count, arena + record.encoded.start, UInt64(record.encoded.count))
      output.count &+= record.encoded.count
      return
    }
    let length = EditScript.resultLength(script) &+ record.payload.count
    output.reserve(length &+ 11)
    var end = output.base + output.count
    end[0] = 0x0A
    end += 1
    LabelEncoding.writeVarint(length, to: &end)
    end = EditScript.apply(
      script, to: arena + record.labels.start, writing: end, insertions: decisions.insertions)
    sluice_copy32(end, arena + record.payload.start, UInt64(record.payload.count))
    output.count = end - output.base + record.payload.count
  }
}
