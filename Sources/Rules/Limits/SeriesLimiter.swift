internal import Memory
public import Model

/// Holds series against the limits of their tenant. One a worker, on its thread.
///
/// What was found for a series is remembered by its hash, under a mark of the tenant's limits. One that was found fine, and
/// noted as active in this generation, costs its hash and a look into that memory, and no lock.
public final class SeriesLimiter {
  /// Series that are refused, by limit.
  public struct Excess: Equatable, Sendable {
    public internal(set) var counts: [Limit: Int] = [:]
  }

  /// What is remembered of a series. From `ActiveSeries.firstEpoch` on: it is fine, and active in that generation.
  private enum Verdict {
    static let tooManyLabels: UInt32 = 1
    static let nameTooLong: UInt32 = 2
    static let valueTooLong: UInt32 = 3
    static let lastFault = valueTooLong
    static let fine: UInt32 = 15
  }

  @exclusivity(unchecked) private var memo = DecisionMemo()
  @exclusivity(unchecked) private var hashes = Column<SeriesHash>(capacity: 2048)
  @exclusivity(unchecked) private var verdicts = Column<UInt32>(capacity: 2048)
  @exclusivity(unchecked) private var pending: [Int] = []
  private var kept: SeriesBatch?
  private let memoLimit: Int
  private static let key = SeriesHash.Key.random()
  private static let prefetchDistance = 16

  /// - Parameter memoLimit: how many series are remembered; each takes about 64 bytes.
  public init(memoLimit: Int = 1 << 20) { self.memoLimit = memoLimit }

  /// The series of `batch` that are within `limits`: the batch itself if all are, else another one over the same arena,
  /// which is dead after the next call.
  public func admit(
    _ batch: SeriesBatch, of account: TenantAccount, _ limits: TenantLimits, now: ContinuousClock.Instant = .now
  ) -> (batch: SeriesBatch, excess: Excess) {
    if memo.count >= memoLimit { memo.removeAll() }
    let (salt, epoch) = account.standing(limits, now: now)
    hash(batch, salt)
    let hasFaults = judge(batch, limits, epoch: epoch)
    let isOver = note(salt, account, limits, epoch)
    guard hasFaults || isOver else { return (batch, Excess()) }
    return keep(batch)
  }

  private func hash(_ batch: SeriesBatch, _ salt: SeriesHash) {
    let count = batch.series.count
    hashes.truncate()
    hashes.reserve(count)
    let (series, hashes, arena) = (batch.series.base, hashes.base, batch.arena.base)
    for index in 0..<count {
      let labels = series[index].labels
      hashes[index] = SeriesHash(arena + labels.start, count: labels.count, key: Self.key) ^ salt
    }
    self.hashes.commit(count)
  }

  /// Fills `verdicts` and `pending`, and says whether a series is refused for its labels.
  private func judge(_ batch: SeriesBatch, _ limits: TenantLimits, epoch: UInt32) -> Bool {
    let count = batch.series.count
    verdicts.truncate()
    verdicts.reserve(count)
    pending.removeAll(keepingCapacity: true)
    let (hashes, verdicts) = (hashes.base, verdicts.base)
    for index in 0..<min(count, Self.prefetchDistance) { memo.prefetch(hashes[index]) }
    var hasFaults = false
    for index in 0..<count {
      if index &+ Self.prefetchDistance < count { memo.prefetch(hashes[index &+ Self.prefetchDistance]) }
      let verdict = memo.decision(for: hashes[index]) ?? inspect(batch, index, limits)
      verdicts[index] = verdict
      if verdict <= Verdict.lastFault {
        hasFaults = true
      } else if epoch != 0, verdict != epoch {
        pending.append(index)
      }
    }
    self.verdicts.commit(count)
    return hasFaults
  }

  private func inspect(_ batch: SeriesBatch, _ index: Int, _ limits: TenantLimits) -> UInt32 {
    let verdict = Self.fault(of: batch.labels(of: batch.series[index]), limits) ?? Verdict.fine
    memo.insert(hashes[index], verdict)
    return verdict
  }

  private static func fault(of labels: LabelBlock, _ limits: TenantLimits) -> UInt32? {
    var count = 0
    let (name, value) = (limits.labelNameLength ?? .max, limits.labelValueLength ?? .max)
    for label in labels {
      count += 1
      if label.name.count > name { return Verdict.nameTooLong }
      if label.value.count > value { return Verdict.valueTooLong }
    }
    return count > limits.labelNamesPerSeries ?? .max ? Verdict.tooManyLabels : nil
  }

  /// Notes the pending series as active, and says whether some are too many. Of these nothing is remembered.
  private func note(_ salt: SeriesHash, _ account: TenantAccount, _ limits: TenantLimits, _ epoch: UInt32) -> Bool {
    guard let limit = limits.activeSeries, !pending.isEmpty else { return false }
    var isOver = false
    for index in pending { verdicts[index] = epoch }
    let series = pending.lazy.map { [hashes = hashes.base] in UInt32(truncatingIfNeeded: (hashes[$0] ^ salt).high) }
    account.admit(series, limit: limit) { position in
      verdicts[pending[position]] = 0
      isOver = true
    }
    for index in pending where verdicts[index] == epoch { memo.update(hashes[index], epoch) }
    return isOver
  }

  private func keep(_ batch: SeriesBatch) -> (SeriesBatch, Excess) {
    let kept = kept.flatMap { $0.arena === batch.arena ? $0 : nil } ?? SeriesBatch(sharing: batch)
    self.kept = kept
    kept.removeSeries()
    var excess = Excess()
    var resource = 0
    for index in 0..<batch.series.count {
      if let limit = Self.limit(verdicts[index]) {
        excess.counts[limit, default: 0] += 1
      } else {
        kept.append(batch.series[index])
      }
      while resource < batch.resources.count, batch.resources[resource].end <= index + 1 {
        let attributes = batch.resources[resource].attributes
        kept.resources.append(ResourceRecord(attributes: attributes, end: kept.series.count))
        resource += 1
      }
    }
    return (kept, excess)
  }

  private static func limit(_ verdict: UInt32) -> Limit? {
    switch verdict {
    case 0: .activeSeries
    case Verdict.tooManyLabels: .labelNamesPerSeries
    case Verdict.nameTooLong: .labelNameLength
    case Verdict.valueTooLong: .labelValueLength
    default: nil
    }
  }
}
