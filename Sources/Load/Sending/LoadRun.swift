internal import Threads

/// A load that is being sent. Any thread.
public final class LoadRun: Sendable {
  private let plan: LoadPlan
  private let batches: [Batch]
  private let schedule: Schedule
  private let state: Condition<SendingState>
  private let threads: [Thread]
  private let begun: ContinuousClock.Instant

  /// Makes the population and starts to send. At least one thread a connection, fewer where there are fewer batches.
  /// - Throws: `LoadError` when the system has no threads to give.
  public init(_ plan: LoadPlan) throws(LoadError) {
    self.plan = plan
    let batches = plan.wire.batches(plan.shape)
    let count = min(plan.connections, batches.count)
    let state = Condition(
      SendingState(deliveries: batches.map { _ in BatchDelivery() }, working: count))
    begun = .now
    let schedule = Schedule(plan)
    var threads: [Thread] = []
    do {
      for number in 0..<count {
        let own = Array(stride(from: number, to: batches.count, by: count))
        let connection = Connection(plan: plan, batches: own, all: batches, schedule: schedule, state: state)
        threads.append(try Thread(name: "load-\(number)") { connection.run() })
      }
    } catch {
      state.withLock { $0.isStopped = true }
      state.broadcast()
      for thread in threads { thread.join() }
      throw LoadError("no thread for a connection (error \(error.code))")
    }
    self.batches = batches
    self.state = state
    self.schedule = schedule
    self.threads = threads
  }

  /// Begins nothing new; what is on its way is waited for.
  public func stop() {
    state.withLock { $0.isStopped = true }
    state.broadcast()
  }

  /// Waits for the end, but no longer than `limit`. True at the end.
  public func wait(atMost limit: Duration) -> Bool {
    let end = MonotonicTime.now.advanced(by: limit)
    return state.wait(until: end) { $0.working == 0 ? true : nil } ?? false
  }

  /// Whether `stop` was called.
  public var isStopped: Bool { state.withLock { $0.isStopped } }
  public var wire: LoadProtocol { plan.wire }
  public var counts: LoadCounts { state.withLock { $0.counts } }
  public var elapsed: Duration { begun.duration(to: .now) }
  /// Samples that were to be sent.
  public var planned: Int { plan.samples }
  public var series: Int { batches.reduce(0) { $0 + $1.series.count } }

  /// What was sent so far, series by series.
  public var record: LoadRecord {
    let deliveries = state.withLock { $0.deliveries }
    return LoadRecord(
      wire: plan.wire, run: plan.shape.run, start: schedule.firstTime, interval: plan.interval,
      batches: zip(batches, deliveries).map {
        RecordedBatch(tenant: $0.tenant, delivery: $1, series: $0.series)
      })
  }
}
