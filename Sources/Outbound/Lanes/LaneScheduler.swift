internal import Spool

/// Which lane of a backend is sent next, and when: a value, with the time as a parameter.
///
/// Lanes are known by number while they hold something and forgotten when they are empty. Each is in one place:
/// gathering or backing off (with a deadline in `wakes`), ready (in a row, first come first served), or in flight.
/// No operation looks at all lanes, but for the change of options and the beginning of a drain.
struct LaneScheduler {
  typealias Instant = ContinuousClock.Instant

  var batch: BatchOptions
  private(set) var queue: QueueOptions
  private(set) var backoff: Backoff
  var circuit = Circuit<LaneKey>()
  private(set) var catchUp: CatchUpOptions
  var inFlight = 0
  /// Requests in flight of lanes that are behind.
  var catchingUp = 0
  private var pace = Pace()
  /// While paused nothing is started; what is in flight ends.
  var isPaused = false
  var isDraining = false

  var lanes: [Lane?] = []
  var numbers: [LaneKey: Int] = [:]
  var unused: [Int] = []
  var ready = Row()
  // Ready, but behind, and more of those must not be in flight now.
  var late = Row()
  var lastTicket: UInt64 = 0
  var wakes = DeadlineHeap()
  // The age of what each lane holds, but for those in flight: their blocks are decided when they land.
  var ages = DeadlineHeap()
  var flying: Set<Int> = []
  // Lanes with blocks that somebody waits for.
  var awaited: Set<Int> = []
  var failing: [Int] = []

  init(_ options: BackendOptions) {
    batch = options.batch
    queue = options.queue
    backoff = Backoff(options.retry)
    catchUp = options.catchUp
  }

  var laneCount: Int { numbers.count }
  var isEmpty: Bool { numbers.isEmpty }

  /// When the oldest block of all lanes was appended.
  var oldest: Instant? {
    let grounded = ages.first.flatMap { lanes[$0.id]?.held.oldest }
    return ([grounded] + flying.map { lanes[$0]?.held.oldest }).compactMap(\.self).min()
  }

  /// When to call `wake` and `next` again if nothing happens until then; nil for never.
  var nextDeadline: Instant? {
    let expiry = ages.first.map { $0.at + queue.maxAge }
    return [wakes.first?.at, expiry, nextStart].compactMap(\.self).min()
  }

  /// When a lane may be sent that is ready and has to wait for the circuit or for its pace; nil when none has to.
  private var nextStart: Instant? {
    guard !isPaused, inFlight < mostInFlight, !circuit.isProbing else { return nil }
    let isLate = !late.isEmpty && catchingUp < mostCatchingUp
    let late = isLate ? [pace.next, circuit.nextProbe].compactMap(\.self).max() : nil
    return [ready.isEmpty ? nil : circuit.nextProbe, late].compactMap(\.self).min()
  }

  private var mostInFlight: Int { min(queue.consumers, circuit.window) }
  private var mostCatchingUp: Int { catchUp.mostInFlight ?? .max }

  /// Whether nothing is in flight, nor will be before some time has passed: what was sent last has failed.
  var isHeldUp: Bool { inFlight == 0 && (circuit.isOpen || lanes.allSatisfy { $0?.isBackingOff ?? true }) }

  func lane(_ key: LaneKey) -> Lane? { numbers[key].flatMap { lanes[$0] } }

  /// How much of a lane may go in one request.
  func limit(of key: LaneKey) -> ReadLimit {
    ReadLimit(
      blocks: lane(key)?.mostBlocks ?? .max, batchSize: batch.size, rawBytes: min(batch.bytes, Int(UInt32.max)))
  }

  mutating func update(_ options: BackendOptions, at now: Instant) {
    batch = options.batch
    queue = options.queue
    backoff = Backoff(options.retry)
    catchUp = options.catchUp
    reviewGathering(at: now)
  }

  /// From now on nothing waits for company.
  mutating func drain(at now: Instant) {
    isDraining = true
    reviewGathering(at: now)
  }

  /// Undoes `drain`.
  mutating func resumeGathering() { isDraining = false }

  /// Takes note of what a lane holds.
  mutating func observe(_ status: LaneStatus, at now: Instant) {
    guard let number = numbers[status.lane] else {
      if !status.isEmpty { place(admit(status), at: now) }
      return
    }
    lanes[number]?.held = status
    noteAwaited(number)
    switch lanes[number]?.phase {
    case .inFlight, nil: break
    case .gathering: place(number, at: now)
    case .ready, .backingOff: if status.isEmpty { forget(number) } else { age(number) }
    }
  }

  /// Lets the lanes become ready whose time has come.
  mutating func wake(at now: Instant) {
    while let number = wakes.popDue(now) {
      guard lanes[number] != nil else { continue }
      enqueue(number)
    }
  }

  /// A lane whose front is older than `maxAge`. What it holds then must be observed, or it is named again.
  func expired(at now: Instant) -> LaneKey? {
    guard let first = ages.first, first.at + queue.maxAge <= now else { return nil }
    return lanes[first.id]?.key
  }

  /// The lane to send from now, which is in flight from here on until `finish`; nil when there is none or no more
  /// may be in flight.
  mutating func next(at now: Instant) -> LaneKey? {
    guard !isPaused, inFlight < mostInFlight, circuit.admits(at: now) else { return nil }
    let mayCatchUp = catchingUp < mostCatchingUp && pace.admits(at: now)
    while let (number, ticket) = popFirst(catchingUp: mayCatchUp) {
      guard let lane = lanes[number], lane.phase == .ready(ticket: ticket) else { continue }
      let isBehind = lane.isBehind(at: now)
      guard !isBehind || mayCatchUp else {
        late.append(number, ticket: ticket)
        continue
      }
      start(number, isBehind: isBehind)
      return lane.key
    }
    return nil
  }

  /// What the request carries that the lane begins.
  mutating func charge(_ key: LaneKey, samples: Int, at now: Instant) {
    guard lane(key)?.isCatchingUp == true else { return }
    pace.charge(samples, perSecond: catchUp.samplesPerSecond, at: now)
  }

  /// Blocks at the front of the lane may have reached the backend, or, for `nothing`, have certainly done so.
  mutating func note(_ unconfirmed: Lane.Unconfirmed, of key: LaneKey) {
    guard let number = numbers[key], lanes[number]?.unconfirmed != unconfirmed else { return }
    lanes[number]?.unconfirmed = unconfirmed
  }

  /// The lane's request is over.
  /// - Parameter left: what the lane holds now.
  mutating func finish(
    _ key: LaneKey, _ attempt: Attempt, left: LaneStatus, at now: Instant,
    using random: inout some RandomNumberGenerator
  ) -> Circuit<LaneKey>.Change? {
    guard let number = numbers[key], case .inFlight(let isProbe)? = lanes[number]?.phase else { return nil }
    stop(number)
    guard var lane = lanes[number] else { return nil }
    lane.held = left
    let change: Circuit<LaneKey>.Change?
    var wait: Duration?
    switch attempt {
    case .settled(let isAnswer):
      lane.noteDecision()
      change = settled(isAnswer: isAnswer, isProbe: isProbe, at: now)
    case .divided(let isAnswer, let isUnmerged):
      lane.noteDivision(unmerged: isUnmerged)
      lane.forgetFailures()
      change = settled(isAnswer: isAnswer, isProbe: isProbe, at: now)
    case .failed(let retry, let givenUp):
      lane.noteFailure(retry, at: now)
      change = judge(retry, of: key, isProbe: isProbe, at: now, using: &random)
      if retry.concern == .lane || !circuit.isOpen {
        wait = backoff.wait(for: retry, failures: lane.failures, using: &random)
      }
      if givenUp { lane.forgetFailures() }
    }
    lanes[number] = lane
    land(number, wait: wait, at: now)
    if change == .down { failing.append(contentsOf: awaited) }
    return change
  }

  /// The lane taken from `next` had nothing to send.
  mutating func abandon(_ key: LaneKey, left: LaneStatus, at now: Instant) {
    guard let number = numbers[key], case .inFlight(let isProbe)? = lanes[number]?.phase else { return }
    stop(number)
    if isProbe { circuit.abandonProbe() }
    lanes[number]?.held = left
    place(number, at: now)
  }

  /// Lanes whose awaited blocks will not be tried soon, so that who waits for them should hear it now; each with
  /// the status that says why, and how long it will take.
  mutating func takeFailing(at now: Instant) -> [(lane: LaneKey, status: Int?, retryAfter: Duration?)] {
    guard !failing.isEmpty else { return [] }
    defer { failing.removeAll() }
    return failing.compactMap { number in
      guard let lane = lanes[number], lane.held.awaited > 0 else { return nil }
      switch lane.phase {
      case .inFlight: return nil
      case .backingOff(let until): return (lane.key, lane.lastStatus, until - now)
      case .gathering, .ready:
        guard circuit.isOpen else { return nil }
        return (lane.key, nil, circuit.nextProbe.map { max($0 - now, .zero) })
      }
    }
  }
}
