internal import Spool

// Where a lane is put: the other half of `LaneScheduler`, which alone calls it.
extension LaneScheduler {
  mutating func settled(isAnswer: Bool, isProbe: Bool, at now: Instant) -> Circuit<LaneKey>.Change? {
    if isAnswer { return circuit.answered(at: now) }
    if isProbe { circuit.abandonProbe() }
    return nil
  }

  mutating func judge(
    _ retry: Retry, of key: LaneKey, isProbe: Bool, at now: Instant, using random: inout some RandomNumberGenerator
  ) -> Circuit<LaneKey>.Change? {
    switch retry.concern {
    case .lane: circuit.answered(at: now)
    case .backend, .connection:
      circuit.failed(key, isProbe: isProbe, retry, backoff: backoff, at: now, using: &random)
    }
  }

  /// Puts a lane that was in flight where it belongs now.
  mutating func land(_ number: Int, wait: Duration?, at now: Instant) {
    guard let lane = lanes[number], !lane.held.isEmpty else { return forget(number) }
    age(number)
    if let wait {
      lanes[number]?.phase = .backingOff(until: now + wait)
      wakes.set(number, at: now + wait)
    } else if lane.failures > 0 || lane.isDivided {
      enqueue(number)
    } else {
      place(number, at: now)
    }
    noteAwaited(number)
  }

  mutating func admit(_ status: LaneStatus) -> Int {
    let number = unused.popLast() ?? lanes.count
    if number == lanes.count { lanes.append(nil) }
    lanes[number] = Lane(status)
    numbers[status.lane] = number
    noteAwaited(number)
    return number
  }

  mutating func forget(_ number: Int) {
    guard let lane = lanes[number] else { return }
    numbers[lane.key] = nil
    lanes[number] = nil
    wakes.remove(number)
    ages.remove(number)
    awaited.remove(number)
    unused.append(number)
  }

  /// Decides whether a gathering lane is ready.
  mutating func place(_ number: Int, at now: Instant) {
    guard let lane = lanes[number], let oldest = lane.held.oldest else { return forget(number) }
    age(number)
    let deadline = oldest + batch.timeout
    let isFull = lane.held.batchSize >= batch.size || lane.held.rawBytes >= batch.bytes
    if isFull || isDraining || deadline <= now {
      enqueue(number)
    } else {
      wakes.set(number, at: deadline)
    }
  }

  /// The lane that is longest in a row; of those that have to wait for a place among what catches up, only if one is free.
  mutating func popFirst(catchingUp: Bool) -> (number: Int, ticket: UInt64)? {
    guard catchingUp, let late = late.first else { return ready.popFirst() }
    if let ready = ready.first, ready.ticket < late.ticket { return self.ready.popFirst() }
    return self.late.popFirst()
  }

  /// A request of the lane begins.
  mutating func start(_ number: Int, isBehind: Bool) {
    lanes[number]?.phase = .inFlight(isProbe: circuit.start())
    lanes[number]?.isCatchingUp = isBehind
    inFlight += 1
    if isBehind { catchingUp += 1 }
    flying.insert(number)
    ages.remove(number)
  }

  /// A request of the lane is over.
  mutating func stop(_ number: Int) {
    inFlight -= 1
    if lanes[number]?.isCatchingUp == true { catchingUp -= 1 }
    lanes[number]?.isCatchingUp = false
    lanes[number]?.phase = .gathering
    flying.remove(number)
  }

  mutating func enqueue(_ number: Int) {
    wakes.remove(number)
    lastTicket += 1
    lanes[number]?.phase = .ready(ticket: lastTicket)
    ready.append(number, ticket: lastTicket)
  }

  mutating func age(_ number: Int) {
    if let oldest = lanes[number]?.held.oldest { ages.set(number, at: oldest) } else { ages.remove(number) }
  }

  mutating func noteAwaited(_ number: Int) {
    guard let lane = lanes[number] else { return }
    guard lane.held.awaited > 0 else {
      awaited.remove(number)
      return
    }
    awaited.insert(number)
    if lane.isBackingOff || circuit.isOpen { failing.append(number) }
  }

  mutating func reviewGathering(at now: Instant) {
    for number in lanes.indices where lanes[number]?.phase == .gathering { place(number, at: now) }
  }
}
