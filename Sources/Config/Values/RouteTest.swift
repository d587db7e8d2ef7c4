public import Rules

extension Configuration {
  /// A series, and what is to become of it: a change of the routes that breaks it is refused.
  public struct RouteTest: Equatable, Sendable {
    /// For people.
    public var name = ""
    public var given = Given()
    public var expect = Expectation()

    public init() {}

    /// The series, and what is known of the request that brings it.
    public struct Given: Equatable, Sendable {
      public var tenant = ""
      public var protocolName = IngestProtocol.remoteWrite
      public var listener: String?
      public var headers: [String: String] = [:]
      public var resource: [String: String] = [:]
      public var series: [String: String] = [:]

      public init() {}
    }

    /// What must hold; nil: it does not matter.
    public struct Expectation: Equatable, Sendable {
      public enum Fate: String, CaseIterable, Sendable {
        case routed, dropped, refused
        case noRoute = "no_route"
      }

      public var fate: Fate?
      /// The routes that take it, in any order.
      public var routes: [String]?
      /// The backends that get it, in any order.
      public var backends: [String]?
      /// The tenant that every one of them is told.
      public var tenant: String?
      /// The labels that every one of them gets.
      public var labels: [String: String]?

      public init() {}
    }
  }
}
