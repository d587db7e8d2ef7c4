internal import Model

/// Which metric family a series belongs to, by its metric name.
enum MetricFamily {
  /// How many bytes of the name of a series of `type` stand behind the name of its family.
  static func suffixLength(_ name: UnsafeRawBufferPointer, _ type: MetricType) -> Int {
    let suffixes: [StaticString] =
      switch type {
      case .histogram: ["_bucket", "_sum", "_count"]
      case .gaugeHistogram: ["_bucket", "_gsum", "_gcount", "_sum", "_count"]
      case .summary: ["_sum", "_count"]
      case .counter, .gauge, .unknown, .info, .stateSet: []
      }
    return suffixes.first { ends(name, with: $0) }?.utf8CodeUnitCount ?? 0
  }

  /// The suffixes by which a series may be called after its family, with the types of families that have them.
  static let suffixes: [(text: StaticString, types: [MetricType])] = [
    ("_bucket", [.histogram, .gaugeHistogram]),
    ("_sum", [.histogram, .summary, .gaugeHistogram]),
    ("_count", [.histogram, .summary, .gaugeHistogram]),
    ("_gsum", [.gaugeHistogram]),
    ("_gcount", [.gaugeHistogram]),
    ("_total", [.counter]),
  ]

  /// Whether `name` ends with `suffix` and has more in front of it.
  static func ends(_ name: UnsafeRawBufferPointer, with suffix: StaticString) -> Bool {
    let count = suffix.utf8CodeUnitCount
    guard name.count > count else { return false }
    return UnsafeRawBufferPointer(rebasing: name.suffix(count))
      .hasSameBytes(as: UnsafeRawBufferPointer(start: suffix.utf8Start, count: count))
  }
}
