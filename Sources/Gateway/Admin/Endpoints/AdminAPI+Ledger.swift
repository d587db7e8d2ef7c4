internal import Inbound

extension AdminAPI {
  static let books = [
    AdminEndpoint(
      "/admin/v1/ledger",
      [("GET", .read(["tenant", "route", "backend"]) { api, call throws(Problem) in api.ledger(call.query) })])
  ]

  private func ledger(_ query: QueryParameters) -> Response {
    let filter = Ledger.Filter(tenant: query["tenant"], route: query["route"], backend: query["backend"])
    return .json(200, operations.ledger(filter).json)
  }
}
