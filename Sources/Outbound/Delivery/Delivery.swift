public import Logging
public import Spool
internal import Synchronization
internal import Threads

/// Sends what is in the spool to the backends, on one thread of its own.
///
/// Any thread may call; nothing blocks but `drain`.
public final class Delivery: Sendable {
  /// What is appended here is sent.
  public let spool: any Spool

  private let registry: BackendRegistry
  private let inbox = Inbox()
  private let meters = Meters()
  private let multi: Multi
  private let bell: Doorbell
  private let userAgent: String
  private let logger: Logger
  // What was left, once the thread has ended.
  private let leftovers = Condition<[Leftover]?>(nil)
  // The types of the backends by name, and whether the thread runs. Held during a whole update.
  private let state = Mutex(State())

  private struct State {
    var types: [String: String] = [:]
    var limits: [String: QueueLimits] = [:]
    var isStarted = false
  }

  /// - Parameters:
  ///   - registry: the types of backends.
  ///   - version: goes into the `User-Agent`.
  /// - Throws: `DeliveryError.unavailable`.
  public init(
    spool: any Spool = MemorySpool(), registry: BackendRegistry = BackendRegistry(), version: String, logger: Logger
  ) throws(DeliveryError) {
    self.spool = spool
    self.registry = registry
    self.logger = logger
    userAgent = "sluice/\(version)"
    do throws(CurlError) {
      multi = try Multi()
    } catch {
      throw .unavailable("\(error.call): \(error.text)")
    }
    let bell = Doorbell(multi)
    self.bell = bell
    spool.notify { bell.ring() }
  }

  /// Makes these the backends. Queues belong to the name: a changed backend goes on with its queue, a removed one
  /// sends what it holds until `grace` is over, takes nothing new meanwhile, and what is left then is dropped.
  ///
  /// - Throws: all that is wrong with any of them; then nothing has changed.
  public func update(_ backends: [BackendOptions], grace: Duration = .seconds(300)) throws(DeliveryError) {
    let result: Result<Void, DeliveryError> = state.withLock { state in
      Result { () throws(DeliveryError) in try apply(backends, grace: grace, to: &state) }
    }
    try result.get()
    bell.ring()
  }

  /// Begins to send. Once; again does nothing.
  /// - Throws: `DeliveryError.unavailable` when there is no thread to be had.
  public func start() throws(DeliveryError) {
    let isNew = state.withLock { state in
      defer { state.isStarted = true }
      return !state.isStarted
    }
    guard isNew else { return }
    do throws(Thread.StartError) {
      _ = try Thread(name: "sender") { [self] in
        let sender = Sender(
          multi: multi, bell: bell, inbox: inbox, spool: spool, meters: meters, userAgent: userAgent, logger: logger)
        let left = sender.run()
        leftovers.withLock { $0 = left }
        leftovers.broadcast()
      }
    } catch {
      state.withLock { $0.isStarted = false }
      throw .unavailable("no thread for the sender (error \(error.code))")
    }
  }

  /// Stops a backend's sending; what is in flight ends, the queue fills. Lasts until `resume`.
  public func pause(_ backend: String) { post(.pause(backend, true)) }

  public func resume(_ backend: String) { post(.pause(backend, false)) }

  /// Closes the spool, sends what is in it without waiting for more to join, and ends the thread. Blocks until all
  /// is sent, or until `deadline`: then requests in flight are broken off, awaited blocks go back to who waits for
  /// them, and what is left stays in a spool that outlives the process, or is dropped. For good.
  ///
  /// - Returns: what was left, by backend; nothing for a delivery that was never started.
  public func drain(until deadline: ContinuousClock.Instant) -> [Leftover] {
    spool.close()
    guard state.withLock({ $0.isStarted }) else { return [] }
    post(.drain(until: deadline))
    return leftovers.wait { $0 }
  }

  /// Of all backends, those on their way out included, sorted by name.
  public func statistics() -> [BackendStatistics] {
    meters.all.map { $0.meter.statistics(queue: spool.status(of: $0.name), at: .now) }
  }

  private func post(_ command: Command) {
    inbox.post(command)
    bell.ring()
  }

  private func apply(
    _ backends: [BackendOptions], grace: Duration, to state: inout State
  ) throws(DeliveryError) {
    var made: [(BackendOptions, any Backend)] = []
    var types: [String: String] = [:]
    var limits: [String: QueueLimits] = [:]
    for options in backends {
      let name = options.name
      guard types[name] == nil else { throw .duplicate(name) }
      if let type = state.types[name], type != options.type, spool.status(of: name).blocks > 0 {
        throw .typeChanged(name, from: type, to: options.type)
      }
      types[name] = options.type
      limits[name] = QueueLimits(
        bytes: options.queue.bytes, isBestEffort: options.isBestEffort,
        onFull: options.queue.dropsOldest ? .dropOldest : .refuse,
        block: ReadLimit(batchSize: options.batch.size, rawBytes: options.batch.bytes))
      do throws(BackendError) {
        made.append((options, try registry.make(options)))
      } catch {
        throw .backend(name, error)
      }
    }
    let lines = made.map { Line(options: $0, backend: $1, meter: meters.meter($0.name)) }
    // Removed queues close before the sender hears of it, new ones open after: no block comes to a backend that
    // the sender does not know.
    spool.configure(state.limits.filter { limits[$0.key] != nil })
    inbox.post(.update(lines, deadline: .now + grace))
    spool.configure(limits)
    state.types = types
    state.limits = limits
  }
}
