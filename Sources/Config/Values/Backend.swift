public import Rules

extension Configuration {
  /// A destination and how to reach it.
  public struct Backend: Equatable, Sendable {
    /// Letters, digits, `_`, `-` and `.`, at most 64, not a dot first: it serves as metric label and folder name.
    public var name: String
    public var destination = Destination.debug
    /// Put before metric names with a `_` between; empty: names stay.
    public var namespace = ""
    /// Labels added to every series that does not have them.
    public var externalLabels: [String: String] = [:]
    /// Relabelling of what leaves for this backend, after `externalLabels`.
    public var writeRelabelConfigs: [RelabelConfig] = []
    /// Whether this backend's full queue or failure is kept from the sender of the data.
    public var isBestEffort = false
    public var batch = Batch()
    public var sendingQueue = SendingQueue()
    public var retryOnFailure = RetryOnFailure()
    public var catchUp = CatchUp()

    public init(name: String) { self.name = name }
  }

  public enum Destination: Equatable, Sendable {
    case remoteWrite(RemoteWrite)
    /// Logs what it is given and accepts all.
    case debug
  }

  /// When what has been gathered for a backend becomes a block.
  public struct Batch: Equatable, Sendable {
    /// Samples.
    public var sendBatchSize = 10_000
    public var timeout = Duration.milliseconds(200)
    /// Bytes of an encoded block before compression. Never more than the queue's size.
    public var maxBytes = 3 << 20

    public init() {}
  }

  public struct SendingQueue: Equatable, Sendable {
    /// Requests under way at the same time.
    public var numConsumers = 4
    /// Bytes of blocks that wait or are under way.
    public var queueSize = 1 << 30
    /// What happens to new data where there is no room.
    public var onFull = OnFull.refuse
    /// What has waited longer is given up.
    public var maxAge = Duration.seconds(24 * 3600)
    /// Lanes for each tenant: blocks of one lane leave one after the other.
    public var shardsPerTenant = 1

    public init() {}
  }

  public enum OnFull: String, CaseIterable, Sendable {
    /// It is refused, and its sender tries again.
    case refuse
    /// The oldest data of the queue is dropped for it.
    case dropOldest = "drop_oldest"
  }

  /// How what has waited for long is sent.
  public struct CatchUp: Equatable, Sendable {
    public enum Order: String, CaseIterable, Sendable {
      case oldestFirst = "oldest_first"
      case newestFirst = "newest_first"
    }

    public var order = Order.oldestFirst
    /// Requests under way at the same time; nil: as many as the queue has consumers.
    public var maxInFlight: Int?
    /// 0: as many as go.
    public var maxSamplesPerSecond = 0

    public init() {}
  }

  /// What happens after an answer or a fault that may pass.
  public struct RetryOnFailure: Equatable, Sendable {
    /// False: a block is tried once.
    public var isEnabled = true
    /// The first wait; each further one is longer, up to `maxInterval`.
    public var initialInterval = Duration.seconds(1)
    /// Never less than `initialInterval`.
    public var maxInterval = Duration.seconds(30)
    /// Since the first try; nil: until the queue's `maxAge`.
    public var maxElapsedTime: Duration?

    public init() {}
  }
}
