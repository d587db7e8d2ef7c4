internal import Model

/// The routes that may concern a request, in order: all that is to be known before its series are looked at.
///
/// Immutable, and shared by all requests with the same candidates, whichever tenant they come from. Any thread.
public final class Plan: Sendable {
  /// In the order in which they are tried.
  public let routes: [CompiledRoute]
  /// The forms in which they send.
  public let outputs: [Output]
  /// What bounds the bins of each output, apart: plain numbers, read for every series.
  let limits: [BinLimits]
  /// The outputs that take the whole request as it is, when that is certain without a look at any series.
  let wholeOutputs: [Int]?
  /// Whether the resource that a series came with says where it goes.
  public let usesResources: Bool
  /// Whether one of the routes tells replicas apart.
  let hasReplicas: Bool
  let key = SeriesHash.Key.random()
  private let variables: RequestVariables?

  init(_ routes: [CompiledRoute], variables: RequestVariables?) {
    self.routes = routes
    self.variables = variables
    outputs = routes.enumerated().flatMap { number, route in route.forms.map { Output(route: number, form: $0) } }
    limits = outputs.map { BinLimits(shards: $0.profile.shards, maxBytes: $0.profile.maxBlockBytes) }
    usesResources = routes.contains(where: \.usesResource)
    hasReplicas = routes.contains { $0.replicas != nil }
    let isWhole = !outputs.isEmpty && routes.allSatisfy(\.treatsAllAlike) && outputs.allSatisfy(\.form.sendsWhole)
    wholeOutputs = isWhole ? Array(outputs.indices) : nil
  }

  /// As what a series leaves by a route that addresses by series.
  func addressee(
    _ addressing: Addressing, _ labels: LabelBlock, _ attributes: LabelBlock?
  ) throws(Template.Failure) -> Addressee {
    try addressing.addressee(of: variables?.tenant ?? "") { variable in
      switch variable.source {
      case .tenant: nil
      case .header: variables?.headers[variable.name]
      case .label: labels.value(of: variable.nameBytes)?.text
      case .resource: attributes?.value(of: variable.nameBytes)?.text
      }
    }
  }
}

/// What templates take from the request, for plans whose addressees depend on the series as well.
struct RequestVariables: Hashable, Sendable {
  var tenant: String
  var headers: [String: String]
}
