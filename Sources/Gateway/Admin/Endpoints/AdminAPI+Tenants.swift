internal import Config
internal import Credentials
internal import Inbound
internal import JSON

extension AdminAPI {
  /// Tokens that are made here, of which nothing is kept but a hash.
  static let tenantTokens = [
    AdminEndpoint(
      "/admin/v1/tenants/{name}/tokens",
      [("POST", .write([]) { api, call throws(Problem) in try api.makeToken(call) })]),
    AdminEndpoint(
      "/admin/v1/tenants/{name}/tokens/{token}",
      [("DELETE", .act { api, call throws(Problem) in try api.removeToken(call) })]),
  ]

  private static let hashes = "token_sha256"

  /// The answer is the only place where the token ever stands.
  private func makeToken(_ call: AdminCall) throws(Problem) -> Response {
    let body = try call.object()
    if let other = body.names.first(where: { $0 != "name" }) {
      throw Problem(422, "unknown key", pointer: DocumentPath().key(other).pointer)
    }
    guard let name = body["name"]?.string else { throw Problem(422, "expected a name", pointer: "/name") }
    let token = TokenHash.makeToken()
    let shown: Response
    do throws(Problem) {
      shown = try editTokens(call) { hashes throws(Problem) in
        guard hashes[name] == nil else {
          throw Problem(409, "tenant \"\(call.name)\" has a token \"\(name)\" already")
        }
        hashes[name] = .string(TokenHash(token).text)
      }
    } catch {
      var problem = error
      // All that can be wrong in what was sent.
      problem.errors = error.errors.map { Problem.Fault(pointer: $0.pointer.map { _ in "/name" }, detail: $0.detail) }
      throw problem
    }
    let headers = shown.headers.filter { $0.name == "ETag" }
    return .json(201, ["tenant": .string(call.name), "name": .string(name), "token": .string(token)], headers: headers)
  }

  private func removeToken(_ call: AdminCall) throws(Problem) -> Response {
    let name = call.parts[1]
    _ = try editTokens(call) { hashes throws(Problem) in
      guard hashes[name] != nil else { throw Problem(404, "tenant \"\(call.name)\" has no token \"\(name)\"") }
      hashes[name] = nil
    }
    return Response(204)
  }

  private func editTokens(
    _ call: AdminCall, _ edit: @escaping (inout JSONObject) throws(Problem) -> Void
  ) throws(Problem) -> Response {
    try change(.tenants, call.name, call) { standing throws(Problem) in
      guard var tenant = standing else { throw Problem(404, "no tenant \"\(call.name)\"") }
      var hashes = tenant[Self.hashes]?.object ?? JSONObject()
      try edit(&hashes)
      tenant[Self.hashes] = hashes.isEmpty ? nil : .object(hashes)
      return tenant
    }
  }
}
