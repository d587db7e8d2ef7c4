/// A rule as people write it: what it matches, how it rewrites, where it sends. It has the members of its `Content`.
///
/// A value that lies elsewhere and is shared by its copies: a list of a hundred thousand is copied in half a millisecond, and
/// the rule that was compiled holds the same text as the configuration it stands in.
@dynamicMemberLookup
public struct Route: Sendable {
  public struct Content: Equatable, Sendable {
    public var name: String
    public var match = Match()
    public var rewrite = Rewrite()
    /// Names of backends.
    public var send: [String] = []
    public var acknowledgement = Acknowledgement.stored
    /// Higher first; equal ones in the order of the list.
    public var priority = 0
    /// Whether the routes behind this one are looked at too when this one matches.
    public var continues = false
    public var isEnabled = true
    /// The part of its series, above 0 and at most 1, that the route sends on; a series is always in it or always not. The
    /// others it takes and drops. Nil sends all.
    public var sample: Double?
    /// How it keeps one of several replicas; nil: as all routes do.
    public var replicas: ReplicaDeduplication?
  }

  // Unchecked: it is written only by the one value that holds it.
  @usableFromInline final class Storage: @unchecked Sendable {
    @usableFromInline var content: Content

    @usableFromInline init(_ content: Content) { self.content = content }
  }

  @usableFromInline var storage: Storage

  public init(name: String) { storage = Storage(Content(name: name)) }

  // Inlinable: a key path that the compiler sees through costs nothing.
  @inlinable public subscript<Value>(dynamicMember member: WritableKeyPath<Content, Value>) -> Value {
    get { storage.content[keyPath: member] }
    _modify {
      if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.content) }
      yield &storage.content[keyPath: member]
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
