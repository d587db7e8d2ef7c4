internal import Memory
internal import Model

/// The decisions of one worker: what becomes of a series under a plan, made once and remembered by the series' hash.
///
/// A decision is a run of words in one column, named by where it begins:
///
/// ```
/// fate │ targets │ target … target │ drops │ drop … drop
///
/// a target: output │ addressee │ shard │ origin │ script      a drop: route │ output │ origin
/// ```
/// Drops are there only where the fate says so: by a route for all of its backends, then `output` is 0, or by those of one
/// output alone, then it is one more than that. `addressee` is 0 where the request's route
/// says it, else one more than an index into `addressees`; `origin` is 0 where the series does not come from a replica, else
/// one more than an index into `origins`; `script` is 0 where the series is copied, else where its edit script begins.
/// Decisions without a script are held once each, so that a batch whose series all share one decision shows it by one number.
struct Decisions: ~Copyable {
  enum Fate: UInt32 {
    case routed
    /// To its targets; others that routes wanted it to go to leave it out.
    case routedInPart
    case noRoute
    case dropped
    case noTenant
    case invalidHeader
    case tooLarge

    @inline(__always) var isRouted: Bool { rawValue <= Self.routedInPart.rawValue }
    fileprivate var hasDrops: Bool { self == .routedInPart || self == .dropped }
  }

  private static let targetWidth = 5
  private static let dropWidth = 3

  struct Target {
    var output: UInt32
    var addressee: UInt32
    var shard: UInt32
    var origin: UInt32
    /// Nil where the series goes as it is.
    var script: UnsafePointer<UInt32>?
  }

  /// Where the series does not go, though a route has taken it.
  struct Drop {
    var route: Int
    /// Nil for all of the route.
    var output: Int?
    var origin: UInt32
  }

  /// A decision, as it lies in the column; valid until the next one is made.
  struct Reading {
    fileprivate let words: UnsafePointer<UInt32>
    fileprivate let column: UnsafePointer<UInt32>

    @inline(__always) var fate: Fate { Fate(rawValue: words[0]) ?? .noRoute }
    @inline(__always) var targetCount: Int { Int(words[1]) }

    /// Where the series goes.
    @inline(__always)
    func target(_ index: Int) -> Target {
      let target = words + 2 + index &* Decisions.targetWidth
      return Target(
        output: target[0], addressee: target[1], shard: target[2], origin: target[3],
        script: target[4] == 0 ? nil : column + Int(target[4]))
    }

    /// Of a decision that was routed in part, or dropped.
    var drops: some Collection<Drop> {
      let start = words + 2 + targetCount &* Decisions.targetWidth
      return (0..<Int(start[0])).lazy.map { index in
        let drop = start + 1 + index &* Decisions.dropWidth
        return Drop(route: Int(drop[0]), output: drop[1] == 0 ? nil : Int(drop[1]) - 1, origin: drop[2])
      }
    }
  }

  /// A series to be decided on.
  struct Question {
    let labels: LabelBlock
    /// Of the resource that it came with.
    let attributes: LabelBlock?
    let plan: Plan
  }

  private(set) var memo = DecisionMemo()
  private(set) var words = Column<UInt32>(capacity: 4096)
  private(set) var insertions = EditScript.Insertions()
  private(set) var addressees = Registry<Addressee>()
  private(set) var origins = Registry<SeriesOrigin>()
  private var shared: [[UInt32]: UInt32] = [:]
  private var identity = SeriesIdentity()
  private let scratch = LabelScratch()
  private let limit: Int

  /// - Parameter limit: how many decisions are remembered before all are forgotten.
  init(limit: Int) {
    self.limit = limit
    words.append(0)
  }

  @inline(__always)
  subscript(decision: UInt32) -> Reading {
    Reading(words: UnsafePointer(words.base) + Int(decision), column: UnsafePointer(words.base))
  }

  /// Forgets everything once the limit of decisions, or 64 bytes for each, is reached. Only between two batches.
  mutating func makeRoom() {
    let bytes = words.count * 4 + insertions.byteCount + addressees.byteCount + origins.byteCount
    guard memo.count >= limit || bytes >= limit * 64 else { return }
    memo.removeAll()
    words.truncate(to: 1)
    insertions.removeAll()
    addressees.removeAll()
    origins.removeAll()
    shared.removeAll()
  }

  /// Decides, and remembers it under `hash`.
  mutating func decide(_ question: Question, hash: SeriesHash) -> UInt32 {
    var targets: [UInt32] = []
    var drops: [UInt32] = []
    var scripts = Column<UInt32>(capacity: 16)
    var fate = Fate.noRoute
    var firstOutput = 0
    for (number, route) in question.plan.routes.enumerated() {
      defer { firstOutput += route.forms.count }
      guard route.takes(question.labels, question.attributes) else { continue }
      fate = decide(route, number, firstOutput, question, &targets, &drops, &scripts)
      if fate != .dropped { targets.removeAll() }
      if fate != .dropped || !route.route.continues { break }
    }
    if !targets.isEmpty { fate = drops.isEmpty ? .routed : .routedInPart }
    let decision = append(fate, targets, drops, scripts)
    memo.insert(hash, decision)
    return decision
  }

  /// Adds the targets of one route that takes the series, and what of it leaves the series out. `dropped` is what it stays
  /// at if no route adds any target.
  private mutating func decide(
    _ route: CompiledRoute, _ number: Int, _ firstOutput: Int, _ question: Question,
    _ targets: inout [UInt32], _ drops: inout [UInt32], _ scripts: inout Column<UInt32>
  ) -> Fate {
    let labels = question.labels
    let origin = route.replicas?.origin(of: labels)
    let replica = origin == nil ? nil : route.replicas?.replica.bytes
    let identity = route.usesIdentity ? identity.hash(labels, without: replica) : 0
    let whole = [UInt32(number), 0, 0]
    if let sampling = route.sampling, !sampling.contains(identity) {
      drops += whole
      return .dropped
    }
    let addressee: UInt32
    do throws(Template.Failure) {
      addressee = try self.addressee(by: route, question)
    } catch {
      if case .invalidHeader = error { return .invalidHeader }
      return .noTenant
    }
    let originIndex = origin.map { index(of: $0, route, addressee) } ?? 0
    var omitted: [UInt32] = []
    for (output, form) in zip(UInt32(firstOutput)..., route.forms) {
      var script: UInt32 = 0
      if form.editor != nil || replica != nil {
        scratch.fill(from: labels)
        if let replica { scratch.delete(replica) }
        switch form.apply(to: scratch) {
        case .dropped:
          omitted += [UInt32(number), output + 1, originIndex]
          continue
        case .tooLarge: return .tooLarge
        case .kept: break
        }
        if scratch.isChanged {
          let scratch = scratch
          script = UInt32(scripts.count + 1)
          let edited = (0..<scratch.count).lazy.map { scratch[$0] }
          EditScript.append(from: labels, to: edited, words: &scripts, insertions: &insertions)
        }
      }
      let shard = form.profile.shards == 1 ? 0 : UInt32(truncatingIfNeeded: identity % UInt64(form.profile.shards))
      targets += [output, addressee, shard, originIndex, script]
    }
    // What all of its backends leave out, the route leaves out.
    drops += omitted.count == route.forms.count * Self.dropWidth ? whole : omitted
    return .dropped
  }

  /// 0 where the addressee does not depend on the series.
  private mutating func addressee(by route: CompiledRoute, _ question: Question) throws(Template.Failure) -> UInt32 {
    guard route.addressesBySeries else { return 0 }
    return addressees.number(
      of: try question.plan.addressee(route.addressing, question.labels, question.attributes))
  }

  private mutating func index(
    of origin: (cluster: String, replica: String), _ route: CompiledRoute, _ addressee: UInt32
  ) -> UInt32 {
    let tenant = addressee == 0 ? "" : addressees[addressee].tenant
    return origins.number(
      of: SeriesOrigin(cluster: origin.cluster, replica: origin.replica, tenant: tenant, route: route))
  }

  /// Appends the decision with its scripts behind it, or finds the one that says the same.
  private mutating func append(
    _ fate: Fate, _ targets: [UInt32], _ drops: [UInt32], _ scripts: borrowing Column<UInt32>
  ) -> UInt32 {
    var decision = [fate.rawValue, UInt32(targets.count / Self.targetWidth)] + targets
    if fate.hasDrops { decision += [UInt32(drops.count / Self.dropWidth)] + drops }
    if scripts.isEmpty, let known = shared[decision] { return known }
    let start = UInt32(words.count)
    let firstScript = start + UInt32(decision.count)
    for index in stride(from: 1 + Self.targetWidth, to: 2 + targets.count, by: Self.targetWidth)
    where decision[index] > 0 {
      decision[index] += firstScript - 1
    }
    for word in decision { words.append(word) }
    for index in 0..<scripts.count { words.append(scripts[index]) }
    if scripts.isEmpty { shared[decision] = start }
    return start
  }
}
