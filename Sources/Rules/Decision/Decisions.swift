internal import Memory
internal import Model

/// The decisions of one worker: what becomes of a series under a plan, made once and remembered by the series' hash.
///
/// A decision is a run of words in one column, named by where it begins:
///
/// ```
/// fate │ targets │ target … target        a target: output │ tenant │ script
/// ```
/// `tenant` is 0 for the one the request came with, else one more than an index into `tenants`; `script` is 0 where the
/// series is copied, else where its edit script begins. Decisions without a script are held once each, so that
/// a batch whose series all share one decision shows it by one number.
struct Decisions: ~Copyable {
  enum Fate: UInt32 {
    case routed
    case noRoute
    case dropped
    case noTenant
    case tooLarge
  }

  static let targetWidth = 3

  /// A decision, as it lies in the column; valid until the next one is made.
  struct Reading {
    fileprivate let words: UnsafePointer<UInt32>
    fileprivate let column: UnsafePointer<UInt32>

    @inline(__always) var fate: Fate { Fate(rawValue: words[0]) ?? .noRoute }
    @inline(__always) var targetCount: Int { Int(words[1]) }

    /// Where the series goes; `script` is nil where it goes as it is.
    @inline(__always)
    func target(_ index: Int) -> (output: UInt32, tenant: UInt32, script: UnsafePointer<UInt32>?) {
      let target = words + 2 + index &* Decisions.targetWidth
      return (target[0], target[1], target[2] == 0 ? nil : column + Int(target[2]))
    }
  }

  private(set) var memo = DecisionMemo()
  private(set) var words = Column<UInt32>(capacity: 4096)
  private(set) var insertions = EditScript.Insertions()
  private(set) var tenants: [String] = []
  private var tenantIndices: [String: UInt32] = [:]
  private var shared: [[UInt32]: UInt32] = [:]
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
    guard memo.count >= limit || words.count * 4 + insertions.byteCount >= limit * 64 else { return }
    memo.removeAll()
    words.truncate(to: 1)
    insertions.removeAll()
    tenants.removeAll()
    tenantIndices.removeAll()
    shared.removeAll()
  }

  /// Decides for the series with `labels`, and remembers it under `hash`.
  mutating func decide(_ labels: LabelBlock, hash: SeriesHash, plan: Plan) -> UInt32 {
    var targets: [UInt32] = []
    var scripts = Column<UInt32>(capacity: 16)
    var fate = Fate.noRoute
    for index in plan.candidates {
      let route = plan.table.routes[index]
      guard route.takes(labels) else { continue }
      fate = decide(route, labels, plan, &targets, &scripts)
      if fate == .noTenant || fate == .tooLarge { targets.removeAll() }
      if fate != .dropped || !route.route.continues { break }
    }
    if !targets.isEmpty { fate = .routed }
    let decision = append(fate, targets, scripts)
    memo.insert(hash, decision)
    return decision
  }

  /// Adds the targets of one route that takes the series. `dropped` is what it stays at if no route adds any.
  private mutating func decide(
    _ route: CompiledRoute, _ labels: LabelBlock, _ plan: Plan,
    _ targets: inout [UInt32], _ scripts: inout Column<UInt32>
  ) -> Fate {
    let scratch = scratch
    guard let tenant = tenantIndex(of: route, labels, plan) else { return .noTenant }
    for index in route.outputs {
      var script: UInt32 = 0
      if let editor = plan.table.outputs[index].editor {
        scratch.fill(from: labels)
        switch editor.apply(to: scratch) {
        case .dropped: continue
        case .tooLarge: return .tooLarge
        case .kept: break
        }
        if scratch.isChanged {
          script = UInt32(scripts.count + 1)
          let edited = (0..<scratch.count).lazy.map { scratch[$0] }
          EditScript.append(from: labels, to: edited, words: &scripts, insertions: &insertions)
        }
      }
      targets += [UInt32(index), tenant, script]
    }
    return .dropped
  }

  /// 0 where the tenant does not depend on the series; nil where its template has no valid value for this one.
  private mutating func tenantIndex(of route: CompiledRoute, _ labels: LabelBlock, _ plan: Plan) -> UInt32? {
    guard let template = route.tenant, template.dependsOnSeries else { return 0 }
    guard let tenant = plan.tenant(template, labels) else { return nil }
    if let known = tenantIndices[tenant] { return known }
    tenants.append(tenant)
    tenantIndices[tenant] = UInt32(tenants.count)
    return UInt32(tenants.count)
  }

  /// Appends the decision with its scripts behind it, or finds the one that says the same.
  private mutating func append(_ fate: Fate, _ targets: [UInt32], _ scripts: borrowing Column<UInt32>) -> UInt32 {
    var decision = [fate.rawValue, UInt32(targets.count / Self.targetWidth)] + targets
    if scripts.isEmpty, let known = shared[decision] { return known }
    let start = UInt32(words.count)
    let firstScript = start + UInt32(decision.count)
    for index in stride(from: 4, to: decision.count, by: Self.targetWidth) where decision[index] > 0 {
      decision[index] += firstScript - 1
    }
    for word in decision { words.append(word) }
    for index in 0..<scripts.count { words.append(scripts[index]) }
    if scripts.isEmpty { shared[decision] = start }
    return start
  }
}
