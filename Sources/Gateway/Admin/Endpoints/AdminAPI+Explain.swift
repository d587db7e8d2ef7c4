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
      method: "POST", path: call.query["path"] ?? "/api/v1/push", headers: call.head.headers,
      remoteAddress: call.head.remoteAddress)
    let captured: CapturedRequest
    do throws(IngestRequest.Refusal) {
      captured = try CapturedRequest(head, call.exchange.body, context, operations.memory)
    } catch {
      throw Self.problem(error)
    }
    let request = captured.request
    let tenant = try Self.tenant(of: request)
    let facts = RequestFacts(
      tenant: tenant, protocol: request.format.protocolName, listener: Self.names(nil, context)
    ) { request.header($0) }
    let told = captured.series.map { series in
      let explanation = context.table.explain(
        facts, series: series.labels, resource: series.resource, elections: operations.elections)
      return JSONValue.object(explanation.json(of: series.labels, context.configuration))
    }
    return .json(
      200,
      [
        "tenant": .string(tenant.text), "identity": .string(Self.source(of: request, context)),
        "protocol": .string(request.format.protocolName.rawValue), "series_count": .integer(Int64(captured.count)),
        "series": .array(told),
      ])
  }

  private static func problem(_ refusal: IngestRequest.Refusal) -> Problem {
    let reason = String(decoding: refusal.response.body, as: UTF8.self).filter { !$0.isNewline }
    return Problem(422, "such a request is refused with \(refusal.response.status): \(reason)", pointer: "/headers")
  }

  private func explain(_ call: AdminCall) throws(Problem) -> Response {
    let question = try ExplainQuestion(try call.object())
    let context = operations.context
    let (tenant, identity, protocolName) = try Self.sender(question, context)
    let head = question.head
    let facts = RequestFacts(
      tenant: tenant, protocol: protocolName, listener: Self.names(question.listener, context)
    ) { name in
      let values = head.headers.values(name)
      return values.isEmpty ? nil : values.joined(separator: ", ")
    }
    let told = question.series.map { series in
      let explanation = context.table.explain(
        facts, series: series, resource: question.resource, elections: operations.elections,
        concerningOnly: question.isConcerningOnly)
      return JSONValue.object(explanation.json(of: series, context.configuration))
    }
    return .json(
      200,
      [
        "tenant": .string(tenant.text), "identity": .string(identity), "protocol": .string(protocolName.rawValue),
        "series": .array(told),
      ])
  }

  /// Whose request it is, which source says so, and how it comes.
  private static func sender(
    _ question: ExplainQuestion, _ context: IngestContext
  ) throws(Problem) -> (TenantName, String, IngestProtocol) {
    if let text = question.tenant {
      do throws(TenantName.Fault) {
        return (try TenantName(text), "the question", question.protocolName ?? .remoteWrite)
      } catch {
        throw Problem(422, "no tenant has this name: \(error)", pointer: "/tenant")
      }
    }
    let request: IngestRequest
    do throws(IngestRequest.Refusal) {
      request = try IngestRequest(question.head, context)
    } catch {
      throw problem(error)
    }
    return (
      try tenant(of: request), source(of: request, context), question.protocolName ?? request.format.protocolName
    )
  }

  /// Whose the request is as a whole.
  private static func tenant(of request: IngestRequest) throws(Problem) -> TenantName {
    if let tenant = request.sender.tenant { return tenant }
    throw Problem(422, "such a request leaves the tenant to its series: ask with the tenant", pointer: "")
  }

  /// The first source that is configured and says something.
  private static func source(of request: IngestRequest, _ context: IngestContext) -> String {
    let header = context.configuration.tenancy.header
    let isSigned = request.header("Authorization")?.isEmpty == false
    for source in context.configuration.tenancy.sources {
      switch source {
      case .header where request.header(header)?.isEmpty == false: return "the header \(header)"
      case .path where request.head.path.hasPrefix("/tenants/"): return "the path"
      case .bearer where isSigned, .basicAuth where isSigned: return "the credentials"
      default: continue
      }
    }
    return "tenancy.default"
  }

  /// What a listener is called that goes by `name` or address; the first one when none is said.
  private static func names(_ name: String?, _ context: IngestContext) -> [String] {
    let all = context.configuration.listeners.map { context.names(of: $0.address) }
    guard let name else { return all.first ?? [] }
    return all.first { $0.contains(name) } ?? [name]
  }
}
