import Memory

/// What a metric is called in Prometheus. Memory that someone else holds.
struct MetricName: BitwiseCopyable {
  var text: UnsafePointer<UInt8>
  var textCount: Int
  var unit: UnsafePointer<UInt8>
  var unitCount: Int
  /// Whether the metric can be named at all.
  var isValid: Bool
  /// Where it is remembered, or -1.
  var index: Int
  /// `__name__` of its series, encoded: those without a suffix, and with `_sum`, `_count` and `_bucket`. Only those that its
  /// kind may have are there, the others are empty.
  var plain: Fragment
  var sum: Fragment
  var count: Fragment
  var bucket: Fragment

  /// The name of no metric.
  init() {
    let nothing = ("" as StaticString).utf8Start
    let none = Fragment(bytes: nothing, count: 0)
    (text, textCount, unit, unitCount, isValid, index) = (nothing, 0, nothing, 0, false, -1)
    (plain, sum, count, bucket) = (none, none, none, none)
  }

  /// Writes the name at `room`, which has `size` bytes.
  init(
    _ name: UnsafeRawBufferPointer, unit: UnsafeRawBufferPointer, kind: MetricKind, to room: UnsafeMutablePointer<UInt8>
  ) {
    self.init()
    isValid = true
    var out = room
    out.put(name)
    out.put(unit)
    (text, textCount) = (UnsafePointer(room), name.count)
    (self.unit, unitCount) = (UnsafePointer(room + name.count), unit.count)
    plain = Self.label(name, "", to: &out)
    guard kind.hasSuffixes else { return }
    sum = Self.label(name, "_sum", to: &out)
    count = Self.label(name, "_count", to: &out)
    bucket = Self.label(name, "_bucket", to: &out)
  }

  /// The bytes that a name takes.
  static func size(name: Int, unit: Int, kind: MetricKind) -> Int {
    let suffixes = kind.hasSuffixes ? [0, 4, 6, 7] : [0]
    return name + unit + suffixes.reduce(0) { $0 + Fragment.size(name: 8, value: name + $1) }
  }

  var textBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: text, count: textCount) }
  var unitBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: unit, count: unitCount) }

  private static func label(
    _ name: UnsafeRawBufferPointer, _ suffix: StaticString, to out: inout UnsafeMutablePointer<UInt8>
  ) -> Fragment {
    let start = out
    Fragment.write(("__name__" as StaticString).bytes, name, suffix: suffix.bytes, to: &out)
    return Fragment(bytes: UnsafePointer(start), count: out - start)
  }
}

extension MetricKind {
  /// Whether its series have suffixes behind the name.
  fileprivate var hasSuffixes: Bool {
    switch self {
    case .gauge, .counter, .upDownCounter, .exponentialHistogram: false
    case .histogram, .summary: true
    }
  }
}
