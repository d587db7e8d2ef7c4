internal import Inbound

extension AdminAPI {
  static let collisions = [
    AdminEndpoint(
      "/admin/v1/collisions",
      [("GET", .read(Paging.parameters + ["tenant"]) { api, call throws(Problem) in try api.collisions(call) })])
  ]

  private func collisions(_ call: AdminCall) throws(Problem) -> Response {
    let paging = try Paging(call.query)
    let tenant = call.query["tenant"]
    let found = operations.collisions.filter { tenant == nil || $0.tenant == tenant }
    return paging.response(found, name: \.identity, \.json)
  }
}
