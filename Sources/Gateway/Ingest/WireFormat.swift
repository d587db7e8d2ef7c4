internal import Rules

/// How a request is written, and so how it is answered.
enum WireFormat: Sendable, CaseIterable {
  /// Remote-write 1.0: `prometheus.WriteRequest`.
  case remoteWrite
  /// Remote-write 2.0: `io.prometheus.write.v2.Request`.
  case remoteWrite2
  case otlpProtobuf
  case otlpJSON

  var protocolName: IngestProtocol {
    switch self {
    case .remoteWrite, .remoteWrite2: .remoteWrite
    case .otlpProtobuf, .otlpJSON: .otlp
    }
  }

  /// What the `Content-Type` says; nil when no body of such a type is taken.
  ///
  /// Blanks, case and parameters such as a charset are no matter, but for the parameter that names the message.
  init?(_ protocolName: IngestProtocol, contentType: String?) {
    let parts = (contentType ?? "").split(separator: ";").map { $0.trimmed.lowercased() }
    switch (protocolName, contentType == nil ? nil : parts.first ?? "") {
    case (.otlp, "application/x-protobuf"): self = .otlpProtobuf
    case (.otlp, "application/json"): self = .otlpJSON
    // Remote-write 1.0 senders without a type exist; `proto=` names the message since 2.0.
    case (.remoteWrite, "application/x-protobuf"), (.remoteWrite, nil):
      switch Self.message(parts.dropFirst()) {
      case nil, "prometheus.writerequest": self = .remoteWrite
      case "io.prometheus.write.v2.request": self = .remoteWrite2
      case _?: return nil
      }
    case (.otlp, _), (.remoteWrite, _): return nil
    }
  }

  /// The value of the parameter `proto`, quotes aside.
  private static func message(_ parameters: ArraySlice<String>) -> String? {
    for parameter in parameters {
      let sides = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, sides[0].trimmed == "proto" else { continue }
      let value = sides[1].trimmed
      return value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
        ? String(value.dropFirst().dropLast()) : value
    }
    return nil
  }
}
