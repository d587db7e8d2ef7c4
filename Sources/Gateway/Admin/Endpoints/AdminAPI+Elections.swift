internal import Config
internal import Inbound
internal import JSON
internal import Rules

extension AdminAPI {
  static let elections = [
    AdminEndpoint(
      "/admin/v1/ha/elections",
      [("GET", .read(Paging.parameters + ["tenant"]) { api, call throws(Problem) in try api.elections(call) })])
  ]

  /// Which replica speaks for each cluster.
  private func elections(_ call: AdminCall) throws(Problem) -> Response {
    let paging = try Paging(call.query)
    let tenant = call.query["tenant"]
    let elected = operations.elections.elected.filter { tenant == nil || $0.sender == tenant }
    let now = (ContinuousClock.now, Timestamp.seconds())
    return paging.response(elected, name: \.identity) { $0.json(now) }
  }
}

extension ReplicaElections.Elected {
  /// Another one for each cluster.
  fileprivate var identity: String { "\(sender)/\(tenant)/\(cluster)" }

  fileprivate func json(_ now: (instant: ContinuousClock.Instant, seconds: Double)) -> JSONValue {
    var object = JSONObject([
      ("tenant", .string(sender)), ("cluster", .string(cluster)), ("replica", .string(replica)),
      ("last_heard", .string(Timestamp.text(now.seconds - (now.instant - heard) / .seconds(1)))),
    ])
    if !tenant.isEmpty { object["outgoing_tenant"] = .string(tenant) }
    return .object(object)
  }
}
