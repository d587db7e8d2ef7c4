internal import Config
internal import JSON

/// A change that was made on trial: unless it is confirmed, or nothing goes wrong until its time is over, it is taken back.
struct Watch: Equatable, Sendable {
  enum State: String, Sendable {
    case watching
    /// By someone, or because its time is over.
    case confirmed
    /// Taken back by someone.
    case aborted
    /// Taken back because something went wrong.
    case rolledBack = "rolled_back"
    /// To be taken back, which cannot be: the change holds on.
    case failed
  }

  /// For how long, and what is borne.
  struct Terms: Equatable, Sendable {
    static let periods = Duration.seconds(1) ... .seconds(86_400)

    var period: Duration
    /// By how much the share of what is refused to senders may rise, of 1.
    var maxRefusals = 0.01
    /// By how much the share of requests that a backend does not take may rise, of 1.
    var maxErrors = 0.05
  }

  var state = State.watching
  /// That the change has made.
  let revision: Int
  /// That it can be taken back to.
  let previous: Int
  let caller: String
  let terms: Terms
  /// Milliseconds since 1970.
  var began = Int(Timestamp.seconds() * 1000)
  var ended: Int?
  var reason: String?
  /// In force since it was taken back.
  var successor: Int?

  init(revision: Int, previous: Int, caller: String, _ terms: Terms) {
    self.revision = revision
    self.previous = previous
    self.caller = caller
    self.terms = terms
  }

  /// The same, when it has ended.
  func ended(_ state: State, _ reason: String, successor: Int? = nil) -> Watch {
    var watch = self
    watch.state = state
    watch.reason = reason
    watch.ended = Int(Timestamp.seconds() * 1000)
    watch.successor = successor
    return watch
  }
}

extension Watch {
  /// As it is shown, and stored.
  var json: JSONObject {
    var object = JSONObject([
      ("state", .string(state.rawValue)), ("revision", .integer(Int64(revision))),
      ("previous_revision", .integer(Int64(previous))), ("caller", .string(caller)),
      ("period", .string(DurationText.text(terms.period))), ("max_refusals", .number(terms.maxRefusals)),
      ("max_errors", .number(terms.maxErrors)), ("began", .string(Timestamp.text(milliseconds: began))),
    ])
    object["ended"] = ended.map { .string(Timestamp.text(milliseconds: $0)) }
    object["reason"] = reason.map(JSONValue.string)
    object["successor_revision"] = successor.map { .integer(Int64($0)) }
    return object
  }

  /// nil when it is not what was stored.
  init?(stored json: JSONValue) {
    guard let state = json["state"]?.string.flatMap(State.init), let revision = json["revision"]?.integer,
      let previous = json["previous_revision"]?.integer, let caller = json["caller"]?.string,
      let period = json["period"]?.string.flatMap(DurationText.duration), let began = json["began_ms"]?.integer,
      let refusals = json["max_refusals"]?.number, let errors = json["max_errors"]?.number
    else { return nil }
    self.init(
      revision: Int(revision), previous: Int(previous), caller: caller,
      Terms(period: period, maxRefusals: refusals, maxErrors: errors))
    self.state = state
    self.began = Int(began)
    ended = json["ended_ms"]?.integer.map(Int.init)
    reason = json["reason"]?.string
    successor = json["successor_revision"]?.integer.map(Int.init)
  }

  var stored: JSONValue {
    var object = json
    object["began_ms"] = .integer(Int64(began))
    object["ended_ms"] = ended.map { .integer(Int64($0)) }
    return .object(object)
  }
}

extension Watch.Terms {
  /// Of `{"period": "5m", "max_refusals": 0.01, "max_errors": 0.05}`.
  init(_ json: JSONValue, at place: DocumentPath) throws(Problem) {
    guard let object = json.object else { throw Problem(422, "expected an object", pointer: place.pointer) }
    guard let period = object["period"] else { throw Problem(422, "missing key \"period\"", pointer: place.pointer) }
    guard let duration = period.string.flatMap(DurationText.duration), Self.periods.contains(duration) else {
      throw Problem(422, "expected a duration from 1s to 24h, such as 5m", pointer: place.key("period").pointer)
    }
    self.init(period: duration)
    for (key, value) in object where key != "period" {
      guard key == "max_refusals" || key == "max_errors" else {
        throw Problem(422, "unknown key", pointer: place.key(key).pointer)
      }
      guard let share = value.number, (0...1).contains(share) else {
        throw Problem(422, "expected a number from 0 to 1", pointer: place.key(key).pointer)
      }
      if key == "max_refusals" { maxRefusals = share } else { maxErrors = share }
    }
  }
}
