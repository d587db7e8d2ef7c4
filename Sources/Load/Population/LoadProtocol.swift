/// A protocol that can be spoken to a gateway.
public enum LoadProtocol: String, Sendable, CaseIterable {
  case remoteWrite = "remote-write"
  case otlp

  /// Where servers take it when nobody says otherwise.
  public var usualPath: String {
    switch self {
    case .remoteWrite: "/api/v1/push"
    case .otlp: "/v1/metrics"
    }
  }

  /// The whole population, split into what travels together.
  public func batches(_ shape: PopulationShape) -> [Batch] {
    switch self {
    case .remoteWrite: RemoteWritePopulation(shape).batches
    case .otlp: OTLPPopulation(shape).batches
    }
  }
}
