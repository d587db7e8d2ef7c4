internal import JSON
internal import Model

/// Two metrics of one tenant that have one name in Prometheus, so that their series are mixed up or described wrongly.
struct Collision: Equatable, Sendable {
  /// In what they differ; the raw value is the `differs` label of `sluice_metric_collisions_total`.
  enum Difference: String, CaseIterable, Sendable {
    /// Two names of OTLP became one.
    case name
    case unit
    case type
    /// Two scopes of one resource have a metric of this name.
    case scope
  }

  /// What one of the two says of itself.
  struct Claim: Equatable, Sendable {
    var type: MetricType
    /// Its name in OTLP; nil where it did not come as OTLP.
    var name: String?
    var unit: String

    /// In what `other`, which has the same name in Prometheus, is another metric. What one of them does not say is no
    /// difference.
    func differences(from other: Claim) -> [Difference] {
      var found: [Difference] = []
      let areTranslated = name != nil && other.name != nil
      if areTranslated, name != other.name { found.append(.name) }
      if unit != other.unit, areTranslated || (!unit.isEmpty && !other.unit.isEmpty && name == other.name) {
        found.append(.unit)
      }
      if type != other.type, type != .unknown, other.type != .unknown { found.append(.type) }
      return found
    }
  }

  var tenant: String
  /// The name that both have.
  var family: String
  var differs: [Difference]
  var first: Claim
  var second: Claim
  /// The names of both scopes, where that is what differs.
  var scopes: [String] = []
  /// Seconds since 1970.
  var firstSeen: Double
  var lastSeen: Double

  /// Another one for each collision.
  var identity: String { "\(tenant)/\(family)/\(second)/\(scopes.joined(separator: "/"))" }

  var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("tenant", .string(tenant)), ("name", .string(family)),
      ("differs", .array(differs.map { .string($0.rawValue) })),
      ("metrics", .array([first.json, second.json])),
    ]
    if !scopes.isEmpty { members.append(("scopes", .array(scopes.map { .string($0) }))) }
    members.append(("first_seen", .string(Timestamp.text(firstSeen))))
    members.append(("last_seen", .string(Timestamp.text(lastSeen))))
    return .object(JSONObject(members))
  }
}

extension Collision.Claim {
  fileprivate var json: JSONValue {
    .object(
      JSONObject([("name", name.map { .string($0) } ?? .null), ("unit", .string(unit)), ("type", .string(word))]))
  }

  private var word: String { "\(type)".lowercased() }
}
