internal import Config
internal import Inbound
internal import JSON

/// What the admin address can see and do. Any thread.
final class AdminAPI: Sendable {
  let administration: Administration
  let operations: Operations
  let keeper: WatchKeeper

  init(_ administration: Administration, _ operations: Operations, _ keeper: WatchKeeper) {
    self.administration = administration
    self.operations = operations
    self.keeper = keeper
  }

  var health: Health { operations.health }

  /// Who may call. Made anew for each request, for a reload changes it.
  var access: AdminAccess { operations.access }

  /// Every path that there is, and every method on it.
  static let endpoints: [AdminEndpoint] =
    [
      plainPages, wholeConfiguration, history, status, books, collisions, questions, tap, backendOperations,
      tenantTokens, plans, commits, elections,
    ]
    .flatMap { $0 } + ResourceKind.allCases.flatMap(resources)

  /// The API, described by itself.
  static let description = Response(
    200, headers: [HeaderField("Content-Type", "application/yaml")], body: PackageResources.openapi_yaml)

  /// The first are answered before it is asked who calls; they are here for the methods that they do not take.
  private static let plainPages =
    ["/-/healthy", "/-/ready", "/openapi.yaml"].map { path in
      AdminEndpoint(path, [("GET", .read { _, _ throws(Problem) in nil })])
    } + [
      AdminEndpoint("/metrics", [("GET", .read { api, _ throws(Problem) in api.metrics })]),
      AdminEndpoint("/-/reload", [("POST", .act { api, _ throws(Problem) in api.reload() })]),
    ]

  private var metrics: Response {
    Response(
      200, headers: [HeaderField("Content-Type", Exposition.contentType)],
      body: Array(operations.metricsText(keeper.write).utf8))
  }

  private func reload() -> Response {
    if let reason = operations.reload() { return AnswerWriter.text(422, reason) }
    let pending = operations.pendingRestart
    let rest = pending.isEmpty ? "" : " It takes a restart for \(pending.joined(separator: ", "))."
    return AnswerWriter.text(200, "The configuration is in force." + rest)
  }
}
