internal import Rules

/// How a request is written, and so how it is answered.
enum WireFormat: Sendable, CaseIterable {
  case remoteWrite
  case otlpProtobuf
  case otlpJSON

  var protocolName: IngestProtocol {
    switch self {
    case .remoteWrite: .remoteWrite
    case .otlpProtobuf, .otlpJSON: .otlp
    }
  }
}
