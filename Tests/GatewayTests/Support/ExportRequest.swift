/// An OTLP `ExportMetricsServiceRequest` of gauges, one data point each.
struct ExportRequest {
  struct Gauge {
    var name: String
    var attributes: [String: String] = [:]
    var help = ""
    var value = 1.0
  }

  var gauges: [Gauge]
  var resource: [String: String]

  init(_ gauges: [Gauge], resource: [String: String] = [:]) {
    self.gauges = gauges
    self.resource = resource
  }

  var encoded: [UInt8] {
    let scope = ProtobufMessage().messages(2, gauges.map(\.message))
    let resource = ProtobufMessage().messages(1, ProtobufMessage.attributes(resource))
    return ProtobufMessage().message(1, ProtobufMessage().message(1, resource).message(2, scope)).bytes
  }
}

extension ProtobufMessage {
  fileprivate static func attributes(_ pairs: [String: String]) -> [ProtobufMessage] {
    pairs.sorted { $0.key < $1.key }.map {
      ProtobufMessage().text(1, $0.key).message(2, ProtobufMessage().text(1, $0.value))
    }
  }
}

extension ExportRequest.Gauge {
  fileprivate var message: ProtobufMessage {
    let attributes = ProtobufMessage.attributes(attributes)
    let point = ProtobufMessage().fixed64(3, 1_000_000_000).fixed64(4, value.bitPattern).messages(7, attributes)
    let named = ProtobufMessage().text(1, name)
    return (help.isEmpty ? named : named.text(2, help)).message(5, ProtobufMessage().message(1, point))
  }
}
