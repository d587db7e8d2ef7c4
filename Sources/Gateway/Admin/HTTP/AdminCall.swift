internal import Inbound
internal import JSON
internal import Memory

/// One request to the admin API, as its handler sees it.
struct AdminCall {
  /// Bytes of a body, mostly.
  static let mostBodyBytes = 8 << 20
  /// Of one that is a whole configuration: a hundred thousand routes with relabelling must fit.
  static let mostConfigurationBytes = 64 << 20

  let exchange: Exchange
  let caller: Caller
  /// What stands in the path in the place of `{name}` and the like, in order.
  let parts: [String]
  let query: QueryParameters

  var head: RequestHead { exchange.head }
  var name: String { parts.first ?? "" }

  /// The body, which is no larger than its operation takes.
  func json() throws(Problem) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue(parsing: exchange.body.bytes, limits: JSONLimits(size: .max))
    } catch {
      throw Problem(400, "the body is not JSON: \(error)")
    }
  }

  /// The body, which must be an object.
  func object() throws(Problem) -> JSONObject {
    guard let object = try json().object else { throw Problem(422, "expected an object", pointer: "") }
    return object
  }
}
