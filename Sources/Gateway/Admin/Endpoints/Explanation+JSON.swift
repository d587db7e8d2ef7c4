internal import Config
internal import JSON
internal import Rules

extension Explanation {
  /// - Parameter configuration: for the header that carries the tenant to a backend.
  func json(of series: [String: String], _ configuration: Configuration) -> JSONObject {
    var object = JSONObject([("labels", Self.labels(series))])
    object["fate"] = .string(word)
    if case .refused(let reason) = fate { object["reason"] = .string(reason) }
    let isRouted = fate == .routed
    object["deliveries"] = .array(isRouted ? routes.flatMap { $0.deliveries(configuration) } : [])
    object["routes"] = .array(routes.map { .object($0.json) })
    if omitted > 0 { object["omitted_routes"] = .integer(Int64(omitted)) }
    return object
  }

  /// The fate, as the configuration's tests name it.
  var word: String {
    switch fate {
    case .routed: "routed"
    case .noRoute: "no_route"
    case .dropped: "dropped"
    case .refused: "refused"
    }
  }

  static func labels(_ labels: [String: String]) -> JSONValue {
    .object(JSONObject(labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
  }
}

extension RouteExplanation {
  fileprivate var json: JSONObject {
    var object = JSONObject([("name", .string(name))])
    switch verdict {
    case .taken: object["verdict"] = "taken"
    case .disabled: object["verdict"] = "disabled"
    case .notReached(let route):
      object["verdict"] = "not_reached"
      object["behind"] = .string(route)
    case .notMatched(let path, let reason):
      object["verdict"] = "not_matched"
      object["pointer"] = .string(path)
      object["reason"] = .string(reason)
    }
    object["tenant"] = addressee.map { .string($0.tenant) }
    object["sampled"] = isSampled.map(JSONValue.bool)
    object["replica"] = replica.map { replica in
      var told = JSONObject([("cluster", .string(replica.cluster)), ("replica", .string(replica.replica))])
      told["kept"] = replica.isKept.map(JSONValue.bool)
      return .object(told)
    }
    if !outputs.isEmpty { object["outputs"] = .array(outputs.map { .object($0.json) }) }
    return object
  }

  /// What each backend is sent.
  fileprivate func deliveries(_ configuration: Configuration) -> [JSONValue] {
    guard verdict == .taken, isSampled != false, replica?.isKept != false, let addressee else { return [] }
    return outputs.flatMap { output -> [JSONValue] in
      guard let labels = output.labels else { return [] }
      return output.backends.map { backend in
        .object(
          JSONObject([
            ("backend", .string(backend)), ("route", .string(name)), ("tenant", .string(addressee.tenant)),
            ("headers", Explanation.labels(Self.headers(addressee, configuration.backend(named: backend)))),
            ("labels", Explanation.labels(labels)),
          ]))
      }
    }
  }

  /// What the request to the backend says of the tenant, and what the route makes.
  private static func headers(
    _ addressee: Addressee, _ backend: Configuration.Backend?
  ) -> [String: String] {
    var headers: [String: String] = [:]
    for line in addressee.headers.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { headers[String(parts[0])] = parts[1].trimmed }
    }
    if case .remoteWrite(let remote)? = backend?.destination, let header = remote.tenantHeader {
      headers[header] = addressee.tenant
    }
    return headers
  }
}

extension OutputExplanation {
  fileprivate var json: JSONObject {
    var object = JSONObject([
      ("backends", .array(backends.map(JSONValue.string))), ("steps", .array(steps.map { .object($0.json) })),
    ])
    object["labels"] = labels.map(Explanation.labels)
    return object
  }
}

extension StepExplanation {
  fileprivate var json: JSONObject {
    let word =
      switch outcome {
      case .kept: "kept"
      case .dropped: "dropped"
      case .tooLarge: "too_large"
      }
    var object = JSONObject([("rule", .string(rule)), ("outcome", .string(word))])
    object["action"] = action.map { .string($0.rawValue) }
    object["before"] = Explanation.labels(before)
    object["after"] = Explanation.labels(after)
    return object
  }
}
