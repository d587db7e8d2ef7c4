internal import Config
internal import Inbound
internal import JSON
internal import Rules

extension AdminAPI {
  static let questions = [
    AdminEndpoint("/admin/v1/explain", [("POST", .ask { api, call throws(Problem) in try api.explain(call) })]),
    AdminEndpoint(
      "/admin/v1/explain/request",
      [
        (
          "POST",
          AdminEndpoint.Operation(
            role: .viewer, bodies: ["application/x-protobuf", "application/json"], takesEncoded: true,
            parameters: ["path"],
            handler: { api, call throws(Problem) in try api.explainRequest(call) })
        )
      ]),
  ]

  /// A request as it would go to a listener, headers and body: what would become of its first series.
  private func explainRequest(_ call: AdminCall) throws(Problem) -> Response {
    let context = operations.context
    let head = RequestHead(
      method: "POST", path: call.query["path"] ?? "/api/v1/push", headers: Self.captured(call.head.headers),
      remoteAddress: call.head.remoteAddress)
    let captured: CapturedRequest
    do throws(IngestRequest.Refusal) {
      captured = try CapturedRequest(head, call.exchange.body, context, operations.memory)
    } catch {
      throw Self.problem(error)
    }
    let request = captured.request
    let facts = Facts(
      protocolName: request.format.protocolName, listener: Self.names(nil, context), header: request.header)
    let whose = Whose.request(request)
    let told = captured.series.map { tell($0.labels, resource: $0.resource, whose, facts, context) }
    return answer(whose, facts, told, ("series_count", .integer(Int64(captured.count))))
  }

  /// The request's own: its credentials come under another name, where those of the caller stand in their place.
  private static func captured(_ headers: Headers) -> Headers {
    let own = headers.values("Sluice-Captured-Authorization")
    guard !own.isEmpty else { return headers }
    let others = headers.fields.filter {
      !["authorization", "sluice-captured-authorization"].contains($0.name.lowercased())
    }
    return Headers(others + own.map { HeaderField("Authorization", $0) })
  }

  private static func problem(_ refusal: IngestRequest.Refusal) -> Problem {
    let reason = String(decoding: refusal.response.body, as: UTF8.self).filter { !$0.isNewline }
    return Problem(422, "such a request is refused with \(refusal.response.status): \(reason)", pointer: "/headers")
  }

  private func explain(_ call: AdminCall) throws(Problem) -> Response {
    let question = try ExplainQuestion(try call.object())
    let context = operations.context
    let (whose, protocolName) = try Self.whose(question, context)
    let head = question.head
    let facts = Facts(
      protocolName: protocolName, listener: Self.names(question.listener, context),
      header: { name in
        let values = head.headers.values(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
      })
    let told = question.series.map { series in
      tell(series, resource: question.resource, whose, facts, context, concerningOnly: question.isConcerningOnly)
    }
    return answer(whose, facts, told)
  }

  /// Who the series are said to be of.
  private enum Whose {
    case tenant(TenantName)
    /// What its head says, and the series themselves where they are asked.
    case request(IngestRequest)

    /// The same for all series; nil where each says its own.
    var naming: Identity.Naming? {
      switch self {
      case .tenant(let tenant): Identity.Naming(tenant: tenant, source: "the question")
      case .request(let request):
        request.context.identity.seriesSources == nil ? request.context.identity.naming(request.sender) : nil
      }
    }
  }

  /// What is known of the request besides whose it is.
  private struct Facts {
    var protocolName: IngestProtocol
    var listener: [String]
    var header: (String) -> String?
  }

  /// What becomes of one series.
  private func tell(
    _ series: [String: String], resource: [String: String]?, _ whose: Whose, _ facts: Facts, _ context: IngestContext,
    concerningOnly: Bool = false
  ) -> JSONValue {
    func told(_ naming: Identity.Naming, _ labels: [String: String]) -> JSONObject {
      let facts = RequestFacts(
        tenant: naming.tenant, protocol: facts.protocolName, listener: facts.listener, header: facts.header)
      return context.table.explain(
        facts, series: labels, resource: resource, elections: operations.elections, concerningOnly: concerningOnly,
        most: Self.mostRoutes
      ).json(of: series, context.configuration)
    }
    if let naming = whose.naming { return .object(told(naming, series)) }
    guard case .request(let request) = whose else { return .null }
    switch context.identity.naming(ofSeries: series, resource: resource, from: request.sender) {
    case .success(let naming):
      var object = told(naming, context.identity.labels(ofSeries: series))
      object["tenant"] = .string(naming.tenant.text)
      object["identity"] = .string(naming.source ?? Self.standard)
      return .object(object)
    case .failure(let fault):
      return [
        "labels": Explanation.labels(series), "fate": "refused", "reason": .string(fault.reason), "deliveries": [],
        "routes": [],
      ]
    }
  }

  private static let standard = "tenancy.default"
  /// That do not take a series. A hundred series times a hundred thousand routes would be half a gigabyte.
  private static let mostRoutes = 100

  private func answer(
    _ whose: Whose, _ facts: Facts, _ told: [JSONValue], _ more: (String, JSONValue)...
  ) -> Response {
    var body = JSONObject()
    if let naming = whose.naming {
      body["tenant"] = .string(naming.tenant.text)
      body["identity"] = .string(naming.source ?? Self.standard)
    }
    body["protocol"] = .string(facts.protocolName.rawValue)
    for (name, value) in more { body[name] = value }
    body["series"] = .array(told)
    return .json(200, .object(body))
  }

  /// Whose request it is, and how it comes.
  private static func whose(
    _ question: ExplainQuestion, _ context: IngestContext
  ) throws(Problem) -> (Whose, IngestProtocol) {
    if let text = question.tenant {
      do throws(TenantName.Fault) {
        return (.tenant(try TenantName(text)), question.protocolName ?? .remoteWrite)
      } catch {
        throw Problem(422, "no tenant has this name: \(error)", pointer: "/tenant")
      }
    }
    do throws(IngestRequest.Refusal) {
      let request = try IngestRequest(question.head, context)
      return (.request(request), question.protocolName ?? request.format.protocolName)
    } catch {
      throw problem(error)
    }
  }

  /// What a listener is called that goes by `name` or address; the first one when none is said.
  private static func names(_ name: String?, _ context: IngestContext) -> [String] {
    let all = context.configuration.listeners.map { context.names(of: $0.address) }
    guard let name else { return all.first ?? [] }
    return all.first { $0.contains(name) } ?? [name]
  }
}
