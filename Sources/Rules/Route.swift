/// A rule as people write it: what it matches, how it rewrites, where it sends.
///
/// A value that lies elsewhere and is shared by its copies: a list of a hundred thousand is copied in half a millisecond, and
/// the rule that was compiled holds the same text as the configuration it stands in.
public struct Route: Sendable {
  private var storage: Storage

  public init(name: String) { storage = Storage(Content(name: name)) }

  public var name: String {
    get { storage.content.name }
    set { content.name = newValue }
  }
  public var match: Match {
    get { storage.content.match }
    set { content.match = newValue }
  }
  public var rewrite: Rewrite {
    get { storage.content.rewrite }
    set { content.rewrite = newValue }
  }
  /// Names of backends.
  public var send: [String] {
    get { storage.content.send }
    set { content.send = newValue }
  }
  public var acknowledgement: Acknowledgement {
    get { storage.content.acknowledgement }
    set { content.acknowledgement = newValue }
  }
  /// Higher first; equal ones in the order of the list.
  public var priority: Int {
    get { storage.content.priority }
    set { content.priority = newValue }
  }
  /// Whether the routes behind this one are looked at too when this one matches.
  public var continues: Bool {
    get { storage.content.continues }
    set { content.continues = newValue }
  }
  public var isEnabled: Bool {
    get { storage.content.isEnabled }
    set { content.isEnabled = newValue }
  }
  /// The part of its series, above 0 and at most 1, that the route sends on; a series is always in it or always not. The
  /// others it takes and drops. Nil sends all.
  public var sample: Double? {
    get { storage.content.sample }
    set { content.sample = newValue }
  }
  /// How it keeps one of several replicas; nil: as all routes do.
  public var replicas: ReplicaDeduplication? {
    get { storage.content.replicas }
    set { content.replicas = newValue }
  }

  private struct Content: Equatable, Sendable {
    var name: String
    var match = Match()
    var rewrite = Rewrite()
    var send: [String] = []
    var acknowledgement = Acknowledgement.stored
    var priority = 0
    var continues = false
    var isEnabled = true
    var sample: Double?
    var replicas: ReplicaDeduplication?
  }

  // Unchecked: it is written only by the one value that holds it.
  private final class Storage: @unchecked Sendable {
    var content: Content

    init(_ content: Content) { self.content = content }
  }

  private var content: Content {
    get { storage.content }
    _modify {
      if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.content) }
      yield &storage.content
    }
  }

  /// All that is given must hold; an empty list holds always.
  public struct Match: Equatable, Sendable {
    /// Names or globs (`*`, `?`): any of them.
    public var tenants: [String] = []
    public var signals: [Signal] = []
    public var protocols: [IngestProtocol] = []
    /// Listeners, by name or address; globs: any of them.
    public var listeners: [String] = []
    /// Header name to the value it must have; names compare without case, values are names or globs.
    public var headers: [String: String] = [:]
    /// Attribute of the OTLP resource to the value it must have, a name or a glob. What did not come as OTLP has none.
    public var resource: [String: String] = [:]
    /// PromQL series selectors: any of them.
    public var series: [String] = []

    public init() {}
  }

  public struct Rewrite: Equatable, Sendable {
    /// A template for the outgoing tenant, such as `prod-{tenant}`; nil keeps it.
    public var tenant: String?
    /// Headers for the backends: name to a template, such as `{header.X-Trace}`. One whose template lacks a value is
    /// left out.
    public var headers: [String: String] = [:]
    public var relabelConfigs: [RelabelConfig] = []

    public init() {}
  }
}

extension Route: Equatable {
  public static func == (left: Route, right: Route) -> Bool {
    left.storage === right.storage || left.storage.content == right.storage.content
  }
}

/// When the sender of the data gets its 2xx.
public enum Acknowledgement: String, CaseIterable, Sendable {
  /// When every backend's queue has taken the data, which may still be in memory alone.
  case received
  /// When the data is on disk, for every backend.
  case stored
  /// When every backend has.
  case delivered
}

public enum Signal: String, CaseIterable, Sendable { case metrics, traces, logs }

public enum IngestProtocol: String, CaseIterable, Sendable {
  case remoteWrite = "remote_write"
  case otlp
}
