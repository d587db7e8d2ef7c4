internal import CCurl
internal import Glibc
internal import Logging
internal import Memory
internal import Spool

/// The loop that sends: one thread, all backends, all requests in flight. Owned by that thread.
final class Sender {
  typealias Instant = ContinuousClock.Instant

  private let multi: Multi
  private let bell: Doorbell
  private let inbox: Inbox
  private let spool: any Spool
  private let meters: Meters
  private let userAgent: String
  private let logger: Logger
  private let buffers = BufferPool(capacity: 256 << 10, mostIdle: 16, largestKept: 8 << 20, mostIdleBytes: 16 << 20)

  private var outlets: [String: Outlet] = [:]
  private var idle: [String: [Transfer]] = [:]
  private var flying: [UnsafeMutableRawPointer: Transfer] = [:]
  private var strays = Strays()
  private var drainDeadline: Instant?
  private var isFirstTurn = true

  /// Runs of one backend that are taken in the process before the others have their turn.
  private static let budget = 64

  init(
    multi: Multi, bell: Doorbell, inbox: Inbox, spool: any Spool, meters: Meters, userAgent: String, logger: Logger
  ) {
    self.multi = multi
    self.bell = bell
    self.inbox = inbox
    self.spool = spool
    self.meters = meters
    self.userAgent = userAgent
    self.logger = logger
  }

  /// Returns after a drain.
  func run() -> [Leftover] {
    while true {
      let now = Instant.now
      let hadNews = takeNews(at: now)
      var isBusy = hadNews
      for outlet in outlets.values {
        outlet.advance(to: now)
        if start(outlet, at: now) { isBusy = true }
        outlet.returnAwaited(at: now)
      }
      multi.perform()
      if reap() { isBusy = true }
      letGo(at: now)
      expireStrays(at: now)
      for outlet in outlets.values { outlet.publish() }
      if isDrained(at: now) { return end() }
      if !isBusy { sleep() }
    }
  }

  /// - Returns: whether there was any.
  private func takeNews(at now: Instant) -> Bool {
    // In this order: whoever appends to a new backend does so after the command that makes it was posted.
    let arrivals = spool.arrivals()
    let commands = inbox.takeAll()
    for command in commands { apply(command, at: now) }
    defer { isFirstTurn = false }
    for status in arrivals {
      if let outlet = outlets[status.lane.backend] {
        outlet.observe(status, isLeft: isFirstTurn && spool.outlivesProcess, at: now)
      } else {
        strays.note(status)
      }
    }
    return !arrivals.isEmpty || !commands.isEmpty
  }

  private func apply(_ command: Command, at now: Instant) {
    switch command {
    case .update(let lines, let deadline): update(lines, deadline: deadline, at: now)
    case .pause(let name, let isPaused): outlets[name]?.pause(isPaused)
    case .drain(let deadline):
      drainDeadline = deadline
      for outlet in outlets.values { outlet.drain(at: now) }
    }
  }

  private func update(_ lines: [Line], deadline: Instant, at now: Instant) {
    let names = Set(lines.map(\.options.name))
    for (name, outlet) in outlets where !names.contains(name) { outlet.leave(by: deadline, at: now) }
    for line in lines {
      let name = line.options.name
      meters.keep(line.meter, of: name)
      if let outlet = outlets[name] {
        if outlet.endpoint != line.backend.endpoint { idle[name] = nil }
        outlet.update(line, at: now)
      } else {
        let outlet = Outlet(line, spool: spool, buffers: buffers, logger: logger)
        outlets[name] = outlet
        // What the spool holds under this name from an earlier life of it.
        strays.forget(name)
        for lane in spool.lanes(of: name) {
          outlet.observe(spool.release([], in: lane), isLeft: spool.outlivesProcess, at: now)
        }
      }
    }
    multi.keep(connections: outlets.values.reduce(0) { $0 + $1.consumers })
  }

  /// What is held for backends that are not configured does not stay for ever either.
  private func expireStrays(at now: Instant) {
    while let (lane, limit) = strays.expired(at: now) {
      let (dropped, left) = spool.drop(from: lane, storedUpTo: limit, limit: Outlet.dropsAtOnce, cause: .expired)
      strays.note(left, dropped: dropped.count, at: now)
      guard !dropped.isEmpty else { continue }
      logger.error(
        "dropping blocks that are too old, of a backend that is not configured",
        metadata: ["backend.name": "\(lane.backend)", "blocks": "\(dropped.count)"])
    }
  }
}

extension Sender {
  /// - Returns: whether there may be more to start at once.
  private func start(_ outlet: Outlet, at now: Instant) -> Bool {
    var budget = Self.budget
    while let departure = outlet.next(at: now, budget: &budget) {
      do throws(CurlError) {
        try send(departure, of: outlet)
      } catch {
        let failure = TransportFailure(isUnreachable: true, text: "\(error.call): \(error.text)")
        outlet.land(departure.run, .failure(failure), judge: departure.judge, at: now)
      }
    }
    return budget == 0
  }

  private func send(_ departure: Departure, of outlet: Outlet) throws(CurlError) {
    guard let endpoint = departure.backend.endpoint else {
      throw CurlError(call: "send", code: 0, text: "the backend has no endpoint")
    }
    let transfer =
      if let used = idle[outlet.name]?.popLast() { used } else {
        try Transfer(endpoint: endpoint, userAgent: userAgent)
      }
    try transfer.load(departure)
    try multi.add(transfer.handle)
    flying[transfer.handle.pointer] = transfer
  }

  /// Takes what is over off the wire.
  /// - Returns: whether there was any.
  private func reap() -> Bool {
    var hasFinished = false
    while let (pointer, code) = multi.nextFinished() {
      hasFinished = true
      guard let transfer = flying[pointer] else { continue }
      multi.remove(transfer.handle)
      if transfer.repeatsAtOnce(after: code), (try? multi.add(transfer.handle)) != nil { continue }
      flying[pointer] = nil
      finish(transfer, code)
    }
    return hasFinished
  }

  private func finish(_ transfer: Transfer, _ code: CURLcode) {
    let result = transfer.handle.verdictInput(
      code, now: time(nil), observing: transfer.endpoint.observedHeaders)
    guard let departure = transfer.unload(), let outlet = outlets[departure.run.lane.backend] else { return }
    if outlet.endpoint == transfer.endpoint, idle[outlet.name, default: []].count < outlet.consumers {
      idle[outlet.name, default: []].append(transfer)
    }
    outlet.land(departure.run, result, judge: departure.judge, at: .now)
  }

  /// Removed backends go when they are empty, or when their time is over.
  private func letGo(at now: Instant) {
    for (name, outlet) in outlets {
      guard let deadline = outlet.leavesAt else { continue }
      guard outlet.scheduler.isEmpty || now >= deadline else { continue }
      cancel(name)
      // A spool that outlives the process keeps it under its name, for when the backend comes back.
      outlet.abandon(spool.outlivesProcess ? nil : .backendRemoved)
      for lane in spool.lanes(of: name) { strays.note(spool.release([], in: lane), maxAge: outlet.maxAge) }
      outlets[name] = nil
      idle[name] = nil
      meters.remove(name)
    }
  }

  private func cancel(_ name: String?) {
    for (pointer, transfer) in flying {
      guard name == nil || transfer.backendName == name else { continue }
      multi.remove(transfer.handle)
      _ = transfer.unload()
      flying[pointer] = nil
    }
  }

  private func isDrained(at now: Instant) -> Bool {
    guard let drainDeadline else { return false }
    let isDone = outlets.values.allSatisfy { isDrained($0.scheduler) }
    return now >= drainDeadline || (isDone && !spool.hasArrivals && inbox.isEmpty)
  }

  /// What waits for a backend that fails waits in the spool as well as in here, if that outlives the process.
  private func isDrained(_ scheduler: LaneScheduler) -> Bool {
    scheduler.isEmpty || (scheduler.isPaused && scheduler.inFlight == 0)
      || (spool.outlivesProcess && scheduler.isHeldUp)
  }

  private func end() -> [Leftover] {
    cancel(nil)
    var left: [Leftover] = []
    for outlet in outlets.values {
      let queue = spool.status(of: outlet.name)
      if queue.blocks > 0 {
        left.append(Leftover(backend: outlet.name, queue: queue, isKept: spool.outlivesProcess))
      }
      outlet.abandon(spool.outlivesProcess ? nil : .shutdown)
    }
    return left.sorted { $0.backend < $1.backend }
  }

  private func sleep() {
    bell.fallAsleep()
    defer { bell.rise() }
    // What came before the bell was set did not ring.
    guard !spool.hasArrivals, inbox.isEmpty else { return }
    let deadlines = outlets.values.map(\.nextDeadline) + [drainDeadline, strays.nextExpiry]
    let next = deadlines.compactMap(\.self).min()
    multi.wait(next.map { $0 - .now } ?? .seconds(60))
  }
}
