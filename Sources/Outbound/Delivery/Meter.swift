internal import Spool
internal import Synchronization

/// What is counted of one backend: written by the sender's thread, read by any.
final class Meter: Sendable {
  private struct State {
    var statistics: BackendStatistics
    var oldest: ContinuousClock.Instant?
    var downSince: ContinuousClock.Instant?
  }

  private let state: Mutex<State>

  init(name: String) { state = Mutex(State(statistics: BackendStatistics(name: name))) }

  func statistics(queue: QueueStatus, at now: ContinuousClock.Instant) -> BackendStatistics {
    let state = state.withLock { $0 }
    var statistics = state.statistics
    statistics.queue = queue
    statistics.oldestAge = state.oldest.map { now - $0 }
    statistics.isCatchingUp = statistics.oldestAge ?? .zero >= Lane.behindAfter
    statistics.downFor = state.downSince.map { now - $0 }
    return statistics
  }

  func publish(_ scheduler: LaneScheduler, protocolVersion: String?) {
    state.withLock {
      $0.statistics.protocolVersion = protocolVersion
      $0.oldest = scheduler.oldest
      $0.downSince = scheduler.circuit.downSince
      $0.statistics.inFlight = scheduler.inFlight
      $0.statistics.isPaused = scheduler.isPaused
      $0.statistics.isCircuitOpen = scheduler.circuit.isOpen
    }
  }

  func countAttempt(_ run: Run) {
    guard run.failures > 0 || run.isPart || run.isCatchingUp else { return }
    state.withLock {
      if run.failures > 0 { $0.statistics.retries += 1 }
      if run.isPart { $0.statistics.parts += 1 }
      guard run.isCatchingUp else { return }
      $0.statistics.caughtUp += run.payloads.reduce(0) { $0 + $1.contents.batchSize }
    }
  }

  func countLetters(_ letters: [Burial]) {
    guard !letters.isEmpty else { return }
    state.withLock { for letter in letters { $0.statistics.deadLetters.add(letter.payload.contents) } }
  }

  func countRequest(status: Int?, took duration: Duration) {
    state.withLock {
      $0.statistics.requests.count(status: status)
      $0.statistics.latency.observe(duration)
    }
  }

  func note(error: String, time: Int) {
    state.withLock { $0.statistics.lastError = BackendStatistics.LastError(text: error, time: time) }
  }

  func count(_ contents: Contents, _ outcome: Outcome, tenant: String) {
    state.withLock {
      switch outcome {
      case .delivered:
        $0.statistics.delivered.add(contents)
        $0.statistics.countDelivered(contents.batchSize, tenant: tenant)
      case .partlyDelivered(let refused, _, _):
        var taken = contents
        taken -= refused
        $0.statistics.delivered.add(taken)
        $0.statistics.refused.contents += refused
        $0.statistics.countDelivered(taken.batchSize, tenant: tenant)
      case .refused: $0.statistics.refused.add(contents)
      case .retryable: $0.statistics.returned.add(contents)
      case .dropped(let cause): $0.statistics.dropped[cause, default: Tally()].add(contents)
      }
    }
  }
}

extension BackendStatistics {
  fileprivate mutating func countDelivered(_ size: Int, tenant: String) {
    if let index = deliveredByTenant.index(forKey: tenant) {
      deliveredByTenant.values[index] += size
    } else if deliveredByTenant.count < Self.mostTenants {
      deliveredByTenant[tenant] = size
    } else {
      deliveredOfOthers += size
    }
  }
}
