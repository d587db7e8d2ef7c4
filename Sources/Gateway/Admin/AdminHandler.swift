internal import Config
internal import Inbound

/// Serves the admin address: health, metrics, reload, and the admin API. What is not named here is refused.
final class AdminHandler: RequestHandler {
  private let api: AdminAPI

  init(_ api: AdminAPI) { self.api = api }

  /// A request that may go on to a worker.
  private struct Admitted {
    let endpoint: AdminEndpoint
    let operation: AdminEndpoint.Operation
    let caller: Caller
    let parts: [String]
  }

  func admit(_ head: RequestHead) -> Admission {
    if let page = openPage(head) { return .answer(page) }
    do throws(Problem) {
      if let answer = try optionsAnswer(head) { return .answer(answer) }
      let admitted = try admitted(head)
      return .accept(maxBodyBytes: admitted.operation.bodies.isEmpty ? 0 : admitted.operation.mostBodyBytes)
    } catch {
      return .answer(error.response)
    }
  }

  func makeWorker(index: Int) -> any RequestWorker { Worker(self) }

  /// What everyone may see: whether it lives, and how the API is spoken to.
  private func openPage(_ head: RequestHead) -> Response? {
    guard head.method == "GET" || head.method == "HEAD" else { return nil }
    return head.path == "/openapi.yaml" ? AdminAPI.description : HealthPages.answer(head, api.health)
  }

  private func optionsAnswer(_ head: RequestHead) throws(Problem) -> Response? {
    guard head.method == "OPTIONS" else { return nil }
    _ = try api.access.caller(head)
    return Response(204, headers: [HeaderField("Allow", try endpoint(head.path).endpoint.allowed)])
  }

  /// Who it is comes first: to others the address does not even tell what it has.
  private func admitted(_ head: RequestHead) throws(Problem) -> Admitted {
    let caller = try api.access.caller(head)
    let (endpoint, parts) = try endpoint(head.path)
    guard let operation = endpoint.operation(head.method) else {
      throw Problem(
        405, "\(head.path) takes \(endpoint.allowed)", headers: [HeaderField("Allow", endpoint.allowed)])
    }
    guard caller.may(operation.role) else {
      throw Problem(403, "\(caller.name) is a viewer; this takes the role \(operation.role.rawValue)")
    }
    try checkBody(head, operation)
    return Admitted(endpoint: endpoint, operation: operation, caller: caller, parts: parts)
  }

  private func endpoint(_ path: String) throws(Problem) -> (endpoint: AdminEndpoint, parts: [String]) {
    for endpoint in AdminAPI.endpoints {
      if let parts = endpoint.parts(of: path) { return (endpoint, parts) }
    }
    throw Problem(404, "no such path: \(path.prefix(200))")
  }

  /// A page of another site can post a form or plain text without being asked, but not JSON.
  private func checkBody(_ head: RequestHead, _ operation: AdminEndpoint.Operation) throws(Problem) {
    guard !operation.bodies.isEmpty else {
      if head.contentLength == 0 { return }
      throw Problem(400, "there is no body to be here")
    }
    let types = head.headers.values("Content-Type")
    let type = types.first.map { $0.prefix { $0 != ";" }.trimmed.lowercased() } ?? ""
    guard types.count == 1, operation.bodies.contains(type) else {
      let accepted = operation.bodies.joined(separator: ", ")
      let name = head.method == "PATCH" ? "Accept-Patch" : "Accept-Post"
      throw Problem(415, "Content-Type must be \(accepted)", headers: [HeaderField(name, accepted)])
    }
    if !operation.takesEncoded, let encoding = head.headers.first("Content-Encoding"),
      encoding.trimmed.lowercased() != "identity"
    {
      throw Problem(415, "Content-Encoding is not taken here", headers: [HeaderField("Accept-Encoding", "identity")])
    }
  }

  private final class Worker: RequestWorker {
    private let handler: AdminHandler

    init(_ handler: AdminHandler) { self.handler = handler }

    func process(_ exchange: Exchange) {
      do throws(Problem) {
        let admitted = try handler.admitted(exchange.head)
        let query = try QueryParameters(exchange.head.query, known: admitted.operation.parameters)
        let call = AdminCall(exchange: exchange, caller: admitted.caller, parts: admitted.parts, query: query)
        if let response = try admitted.operation.handler(handler.api, call) { exchange.respond(response) }
      } catch {
        exchange.respond(error.response)
      }
    }
  }
}
