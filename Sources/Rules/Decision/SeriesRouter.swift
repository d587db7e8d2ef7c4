internal import CPlatform
internal import Memory
public import Model

/// Sends every series of a batch where the plan says: the inner loop of the gateway. One a worker, on its thread.
///
/// Two passes: the first hashes all label blocks and asks for the cache lines of their decisions, the second reads the
/// decisions. The bytes of the series are touched only if they have to be taken apart.
public final class SeriesRouter {
  // Unchecked, here and below: they are read for every series, by one thread, and no call of ours reaches them again.
  @exclusivity(unchecked) public private(set) var losses = Losses()
  /// What routes and backends have left out: those of `dropped` and `passedOver`, and series that went elsewhere all the
  /// same.
  @exclusivity(unchecked) public private(set) var drops: [Drop] = []
  @exclusivity(unchecked) private var refused = Column<RefusedSeries>()
  /// How many clusters had a replica take over.
  @exclusivity(unchecked) public private(set) var takeovers = 0
  /// As many blocks one request is made into at most: each takes some memory, however small.
  public static let mostBins = 10_000

  /// Bins in use: the first `binCount` of `bins`.
  public var bins: [Bin] { pool.bins }
  public var binCount: Int { pool.count }

  @exclusivity(unchecked) private var decisions: Decisions
  @exclusivity(unchecked) private var hashes = Column<SeriesHash>(capacity: 2048)
  @exclusivity(unchecked) private var chosen = Column<UInt32>(capacity: 2048)
  @exclusivity(unchecked) private var pool = BinPool()
  private let elections: ReplicaElections
  /// What the elections say of each origin, for the batch at hand.
  @exclusivity(unchecked) private var verdicts = OriginVerdicts()

  /// - Parameters:
  ///   - memoLimit: how many series' decisions are remembered; each takes about 64 bytes.
  ///   - elections: shared by all workers.
  public init(memoLimit: Int = 1 << 20, elections: ReplicaElections = ReplicaElections()) {
    decisions = Decisions(limit: memoLimit)
    self.elections = elections
  }

  /// What a series of a batch takes, here and in the batch, beside its bytes.
  public static let bytesPerSeries =
    MemoryLayout<SeriesRecord>.stride + MemoryLayout<SeriesHash>.stride + MemoryLayout<UInt32>.stride

  /// Gives back what a large batch made it take. What `bins` held is forgotten.
  public func shrink() {
    hashes.shrink(to: 2048)
    chosen.shrink(to: 2048)
    pool = BinPool()
  }

  /// Routes all series of `batch`. What `bins` held before is forgotten.
  /// - Parameters:
  ///   - sender: the tenant of the request, by which replicas are told apart.
  ///   - now: when their silence is judged.
  public func route(
    _ batch: SeriesBatch, by plan: Plan, from sender: String, at now: ContinuousClock.Instant = .now
  ) -> Routing {
    losses = Losses()
    drops.removeAll(keepingCapacity: true)
    takeovers = 0
    refused.truncate()
    pool.removeAll()
    let size = batch.wholeRequest?.count ?? .max
    if let outputs = plan.wholeOutputs {
      if fits(size, outputs, plan) { return .whole(outputs: outputs) }
      copy(batch, to: outputs, plan)
      return .bins
    }
    decisions.makeRoom()
    hash(batch, plan)
    if choose(batch, plan), let outputs = wholeOutputs(plan), fits(size, outputs, plan) {
      let decision = decisions[chosen[0]]
      if decision.fate == .routedInPart { drop(SeriesCounts(batch), decision) }
      return .whole(outputs: outputs)
    }
    judgeOrigins(plan, sender, at: now)
    fill(batch, plan)
    pool.trim()
    return .bins
  }

  /// Every series goes as it is, and no look at any is needed to know that; only what holds them all does not exist, for
  /// they are one tenant's of a request, or are too many for one block.
  private func copy(_ batch: SeriesBatch, to outputs: [Int], _ plan: Plan) {
    guard !batch.series.isEmpty else { return }
    for output in outputs {
      let key = BinKey(output: UInt32(output), addressee: 0, shard: 0)
      let most = plan.limits[output].maxBytes
      var bin = pool.open(key, nil)
      for index in 0..<batch.series.count {
        let record = batch.series[index]
        if bin.bytes.count &+ record.encoded.count > most, bin.counts.series > 0 { bin = pool.open(key, nil) }
        append(record, of: batch, to: bin, script: nil)
      }
    }
    pool.trim()
  }

  /// Whether `losses` tells of series that were refused.
  public var hasRefused: Bool { !refused.isEmpty }

  /// Of how many data points `losses` tells, where the last call of `route` gave bins: `batch` is still the one it was
  /// given. A point counts once, for the first of its series that is refused.
  public func refusedPoints(of batch: SeriesBatch) -> RefusedPoints { RefusedPoints(refused, of: batch) }

  private func fits(_ size: Int, _ outputs: [Int], _ plan: Plan) -> Bool {
    outputs.allSatisfy { plan.outputs[$0].profile.maxBlockBytes >= size }
  }

  private static let prefetchDistance = 16

  private func hash(_ batch: SeriesBatch, _ plan: Plan) {
    let count = batch.series.count
    hashes.truncate()
    hashes.reserve(count)
    self.hashes.commit(count)
    guard plan.usesResources else { return hash(batch, 0..<count, plan.key) }
    // What differs in the resource alone is decided apart.
    var start = 0
    for index in 0..<batch.resources.count {
      let resource = batch.resources[index]
      let salt = SeriesHash(
        batch.resourceText.base + resource.attributes.start, count: resource.attributes.count, key: plan.key)
      hash(batch, start..<resource.end, plan.key.salted(by: salt))
      start = resource.end
    }
    hash(batch, start..<count, plan.key)
  }

  private func hash(_ batch: SeriesBatch, _ range: Range<Int>, _ key: SeriesHash.Key) {
    let (series, hashes, arena) = (batch.series.base, hashes.base, batch.arena.base)
    for index in range {
      let labels = series[index].labels
      hashes[index] = SeriesHash(arena + labels.start, count: labels.count, key: key)
    }
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
        ?? decisions.decide(
          Decisions.Question(
            labels: batch.labels(of: batch.series[index]),
            attributes: plan.usesResources ? batch.attributes(ofSeries: index) : nil, plan: plan),
          hash: hashes[index])
      chosen[index] = decision
      differing |= decision ^ chosen[0]
    }
    self.chosen.commit(count)
    return count > 0 && differing == 0
  }

  /// The outputs of the one decision that all series share, if it leaves them as they are.
  private func wholeOutputs(_ plan: Plan) -> [Int]? {
    let decision = decisions[chosen[0]]
    guard decision.fate.isRouted else { return nil }
    let targets = (0..<decision.targetCount).map { decision.target($0) }
    let areWhole = targets.allSatisfy {
      $0.script == nil && $0.addressee == 0 && $0.origin == 0 && plan.outputs[Int($0.output)].profile.shards == 1
    }
    return areWhole ? targets.map { Int($0.output) } : nil
  }

  /// Asks once for each replica that series of the batch may come from: who is elected does not change within it.
  private func judgeOrigins(_ plan: Plan, _ sender: String, at now: ContinuousClock.Instant) {
    verdicts.begin(plan.hasReplicas ? decisions.origins.count : 0)
    guard !verdicts.isEmpty else { return }
    for index in 0..<chosen.count {
      let decision = decisions[chosen[index]]
      guard decision.fate.isRouted else { continue }
      for number in 0..<decision.targetCount {
        let origin = decision.target(number).origin
        guard verdicts.isUnheard(origin) else { continue }
        let verdict = decisions.origins[origin].judge(sender: sender, elections, at: now)
        if verdict == .tookOver { takeovers += 1 }
        verdicts.set(verdict, for: origin)
      }
    }
  }

  private func fill(_ batch: SeriesBatch, _ plan: Plan) {
    let limits = plan.limits
    let hasOrigins = !verdicts.isEmpty
    var key = BinKey(output: .max, addressee: 0, shard: 0)
    var bin = pool.spare
    for index in 0..<chosen.count {
      let record = batch.series[index]
      let decision = decisions[chosen[index]]
      let fate = decision.fate
      guard fate.isRouted else {
        lose(record, index, decision)
        continue
      }
      if hasOrigins, passOver(record, index, decision, plan) { continue }
      if fate == .routedInPart { drop(SeriesCounts(record), decision) }
      for number in 0..<decision.targetCount {
        let target = decision.target(number)
        if hasOrigins, !verdicts.keeps(target.origin) { continue }
        let next = BinKey(output: target.output, addressee: target.addressee, shard: target.shard)
        if next != key {
          guard let other = self.bin(next) else {
            losses.tooManyAddressees.add(record)
            refused.append(RefusedSeries(index, .tooManyAddressees))
            break
          }
          key = next
          bin = other
        }
        if bin.bytes.count &+ record.encoded.count > limits[Int(target.output)].maxBytes, bin.counts.series > 0 {
          // Without a limit: of full bins there are no more than the request is large.
          bin = pool.open(key, addressee(of: key))
        }
        append(record, of: batch, to: bin, script: target.script)
      }
    }
  }

  private func lose(_ record: SeriesRecord, _ index: Int, _ decision: Decisions.Reading) {
    if let cause = RefusedPoints.Cause(decision.fate) { refused.append(RefusedSeries(index, cause)) }
    switch decision.fate {
    case .routed, .routedInPart: break
    case .noRoute: losses.noRoute.add(record)
    case .dropped:
      losses.dropped.add(record)
      drop(SeriesCounts(record), decision)
    case .noTenant: losses.noTenant.add(record)
    case .invalidHeader: losses.invalidHeader.add(record)
    case .tooLarge: losses.tooLarge.add(record)
    }
  }

  /// Counts for each route the series that come from a replica it does not keep. True when no route is left for it.
  private func passOver(
    _ record: SeriesRecord, _ index: Int, _ decision: Decisions.Reading, _ plan: Plan
  ) -> Bool {
    var isLost = true
    var isRefused = false
    var last = -1
    for number in 0..<decision.targetCount {
      let target = decision.target(number)
      if verdicts.keeps(target.origin) {
        isLost = false
        continue
      }
      if verdicts[target.origin] == .tooManyClusters { isRefused = true }
      let route = plan.outputs[Int(target.output)].route
      if route != last, !isRefused { drop(SeriesCounts(record), Drop(route: route, cause: .replica)) }
      last = route
    }
    guard isLost else { return false }
    guard isRefused else {
      losses.passedOver.add(record)
      return true
    }
    losses.tooManyClusters.add(record)
    refused.append(RefusedSeries(index, .tooManyClusters))
    return true
  }

  /// What the rules leave out of series that the decision is about, but for those that another replica has sent.
  private func drop(_ counts: SeriesCounts, _ decision: Decisions.Reading) {
    for one in decision.drops where verdicts.isEmpty || verdicts.keeps(one.origin) {
      drop(counts, Drop(route: one.route, output: one.output, cause: .rule))
    }
  }

  private func drop(_ counts: SeriesCounts, _ drop: Drop) {
    let place = drops.firstIndex { $0.route == drop.route && $0.output == drop.output && $0.cause == drop.cause }
    if place == nil { drops.append(drop) }
    drops[place ?? drops.count - 1].counts += counts
  }

  /// The bin of `key`; nil where there are too many to make another one.
  @inline(__always)
  private func bin(_ key: BinKey) -> Bin? {
    if let known = pool[key] { return known }
    return pool.count < Self.mostBins ? pool.open(key, addressee(of: key)) : nil
  }

  private func addressee(of key: BinKey) -> Addressee? {
    key.addressee == 0 ? nil : decisions.addressees[key.addressee]
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
