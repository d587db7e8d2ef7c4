public import Rules

/// All that a user can set, checked: what can be held here can be run. A pure value.
public struct Configuration: Equatable, Sendable {
  /// At least one. No two have the same address.
  public var listeners = [Listener()]
  public var admin = Admin()
  /// Where what must outlive the process is kept; from the working directory unless absolute.
  public var dataDir = "./data"
  /// Whose word holds for a route, backend or tenant that both the file and the admin API know.
  public var routesFrom = ManagedResources.Owner.api
  public var log = Log()
  public var durability = Durability.fsync
  public var deadLetters = DeadLetters()
  /// How long a stop waits for requests and queues before it cuts them off.
  public var shutdownTimeout = Duration.seconds(30)
  /// Threads that take requests; nil: one for each core.
  public var workers: Int?
  /// Bytes that all that grows with what comes in may take in memory; nil: a quarter of what the process may use.
  public var memoryLimit: Int?
  public var tenancy = Tenancy()
  /// How one of several replicas is kept, by routes that say nothing else.
  public var replicas = ReplicaDeduplication()
  public var otlp = OTLP()
  /// The limits of tenants that have no others.
  public var limits = Limits()
  /// Tenants that have something of their own, in the order of the file, names unique.
  public var tenants: [Tenant] = []
  /// In the order of the file, names unique; at least one.
  public var backends: [Backend] = []
  /// In the order of the file, names unique; at least one. Every name in `send` is one of `backends`.
  public var routes: PiecewiseArray<Route> = []
  /// What the routes must do, checked with every change.
  public var tests: [RouteTest] = []
  /// What is legal but hardly meant, in the order of the file.
  public var warnings: [ConfigurationProblem] = []

  public init() {}

  public func backend(named name: String) -> Backend? { backends.first { $0.name == name } }
}
