internal import Rules

/// What a body is, by the path that it came to and its `Content-Type`.
enum BodyFormat: Equatable {
  /// `prometheus.WriteRequest`.
  case remoteWrite1
  /// `io.prometheus.write.v2.Request`.
  case remoteWrite2
  case otlp

  /// Nil when no body of such a type is taken there.
  ///
  /// Remote-write 1.0 senders without a type exist; `proto=` names the message since 2.0. Blanks and case are the
  /// sender's own.
  init?(_ protocolName: IngestProtocol, contentType: String?) {
    let parts = (contentType ?? "").split(separator: ";").map { $0.trimmed.lowercased() }
    let isProtobuf = parts.first == "application/x-protobuf"
    switch protocolName {
    case .otlp:
      guard isProtobuf else { return nil }
      self = .otlp
    case .remoteWrite:
      guard isProtobuf || contentType == nil else { return nil }
      switch Self.message(parts.dropFirst()) {
      case nil, "prometheus.writerequest": self = .remoteWrite1
      case "io.prometheus.write.v2.request": self = .remoteWrite2
      case _?: return nil
      }
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
