/// OTLP messages for tests.
enum OTLP {
  static let time: UInt64 = 1_700_000_060_000_000_000

  /// A request with one resource and one scope.
  static func request(
    resource: [Message] = [], scope: Message? = nil, schemaURL: String = "", _ metrics: [Message]
  ) -> [UInt8] {
    requests([(resource, metrics)], scope: scope, schemaURL: schemaURL)
  }

  static func requests(
    _ resources: [(attributes: [Message], metrics: [Message])], scope: Message? = nil, schemaURL: String = ""
  ) -> [UInt8] {
    let all = resources.map { attributes, metrics in
      var inner = Message()
      if let scope { inner = inner.message(1, scope) }
      inner = inner.messages(2, metrics)
      if !schemaURL.isEmpty { inner = inner.text(3, schemaURL) }
      return Message().message(1, Message().messages(1, attributes)).message(2, inner)
    }
    return Message().messages(1, all).bytes
  }

  // Attributes

  static func string(_ key: String, _ value: String) -> Message { attribute(key, Message().text(1, value)) }
  static func int(_ key: String, _ value: Int64) -> Message {
    attribute(key, Message().varint(3, UInt64(bitPattern: value)))
  }
  static func attribute(_ key: String, _ value: Message) -> Message { Message().text(1, key).message(2, value) }
  static func attribute(_ key: [UInt8], _ value: Message) -> Message { Message().data(1, key).message(2, value) }

  // Metrics

  static func gauge(_ name: String, unit: String = "", help: String = "", _ points: [Message]) -> Message {
    head(name, unit, help).message(5, Message().messages(1, points))
  }

  static func sum(
    _ name: String, unit: String = "", monotonic: Bool = true, temporality: UInt64 = 2, _ points: [Message]
  ) -> Message {
    let data = Message().messages(1, points).varint(2, temporality).varint(3, monotonic ? 1 : 0)
    return head(name, unit, "").message(7, data)
  }

  static func histogram(
    _ name: String, unit: String = "", temporality: UInt64 = 2, _ points: [Message]
  ) -> Message {
    head(name, unit, "").message(9, Message().messages(1, points).varint(2, temporality))
  }

  static func exponential(_ name: String, unit: String = "", temporality: UInt64 = 2, _ points: [Message]) -> Message {
    head(name, unit, "").message(10, Message().messages(1, points).varint(2, temporality))
  }

  static func summary(_ name: String, unit: String = "", _ points: [Message]) -> Message {
    head(name, unit, "").message(11, Message().messages(1, points))
  }

  private static func head(_ name: String, _ unit: String, _ help: String) -> Message {
    let named = Message().text(1, name)
    let helped = help.isEmpty ? named : named.text(2, help)
    return unit.isEmpty ? helped : helped.text(3, unit)
  }

  // Points

  static func number(
    _ value: Double, time: UInt64 = time, flags: UInt64 = 0, exemplars: [Message] = [], _ attributes: [Message] = []
  ) -> Message {
    // Value first and attributes last, and not in ascending order: what the Collector sends.
    let point = Message().double(4, value).fixed(3, time).messages(5, exemplars).messages(7, attributes)
    return flags == 0 ? point : point.varint(8, flags)
  }

  static func histogramPoint(
    count: UInt64, sum: Double?, bounds: [Double], counts: [UInt64], time: UInt64 = time, flags: UInt64 = 0,
    exemplars: [Message] = [], _ attributes: [Message] = []
  ) -> Message {
    var point = Message().fixed(3, time).fixed(4, count).messages(9, attributes).messages(8, exemplars)
    if let sum { point = point.double(5, sum) }
    return point.fixed(6, packed: counts).fixed(7, packed: bounds.map(\.bitPattern)).varint(10, flags)
  }

  static func exponentialPoint(
    scale: Int, count: UInt64, sum: Double = 0, zeroCount: UInt64 = 0,
    positive: (offset: Int, counts: [UInt64]) = (0, []),
    negative: (offset: Int, counts: [UInt64]) = (0, []), flags: UInt64 = 0, exemplars: [Message] = []
  ) -> Message {
    func buckets(_ side: (offset: Int, counts: [UInt64])) -> Message {
      Message().zigzag(1, side.offset).varint(2, packed: side.counts)
    }
    return Message().fixed(3, time).fixed(4, count).double(5, sum).zigzag(6, scale).fixed(7, zeroCount)
      .message(8, buckets(positive)).message(9, buckets(negative)).varint(10, flags).messages(11, exemplars)
  }

  static func summaryPoint(
    count: UInt64, sum: Double, _ quantiles: [(Double, Double)], _ attributes: [Message] = []
  ) -> Message {
    Message().fixed(3, time).fixed(4, count).double(5, sum).messages(7, attributes)
      .messages(6, quantiles.map { Message().double(1, $0).double(2, $1) })
  }

  static func exemplar(
    _ value: Double, time: UInt64 = time, trace: [UInt8] = [], span: [UInt8] = [], _ attributes: [Message] = []
  ) -> Message {
    Message().fixed(2, time).double(3, value).data(4, span).data(5, trace).messages(7, attributes)
  }
}
