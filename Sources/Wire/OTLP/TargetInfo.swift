import Memory
import Model

/// What `target_info` needs to know beyond one resource: which of its samples this request has already told.
/// One thread.
struct TargetInfo: ~Copyable {
  /// The most samples of one resource. Points that are further apart than this many steps lose the oldest.
  static let mostSamples = 1000
  /// The most samples of all resources of one request, two for each aside.
  private static let mostInAll = 100_000

  let name: [UInt8]
  /// Half the lookback of the backends, in nanoseconds.
  let step: UInt64
  var labels = SharedLabels()
  /// The times at which it is to be told, in milliseconds.
  private(set) var times: [Int64] = []
  /// Whether the metadata have been told in this request.
  var isDescribed = false

  private struct Sample: Hashable {
    var high: UInt64
    var low: UInt64
    var time: Int64
  }

  private var told: Set<Sample> = []
  private let hashes = (ByteHash(), ByteHash())
  private var scratch = ScratchMemory(chunkSize: 256)
  private var extras = Column<SharedLabel>(capacity: 1)

  init(_ settings: OTLPSettings) {
    name = MetricNaming(settings).targetInfo
    step = UInt64(min(max(settings.lookbackSeconds, 1), Int(Int32.max))) * 500_000_000
    let fragment = name.withUnsafeBytes { scratch.label("__name__", $0) }
    extras.append(SharedLabel(("__name__" as StaticString).bytes, fragment, .replaces))
  }

  mutating func removeAll() {
    isDescribed = false
    if !told.isEmpty { told.removeAll(keepingCapacity: told.count < 10_000) }
  }

  /// Makes `labels` the name and the identity of a resource.
  mutating func makeLabels(_ identity: borrowing SharedLabels) { labels.merge(identity, extras) }

  /// Makes `times` those from `earliest` to `latest`, both in nanoseconds, that were not told for these labels.
  ///
  /// - Returns: false when there were too many and the oldest were left out.
  mutating func makeTimes(_ earliest: UInt64, _ latest: UInt64, _ block: UnsafeRawBufferPointer) -> Bool {
    times.removeAll(keepingCapacity: true)
    guard let start = block.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return true }
    let high = hashes.0(start, block.count)
    let low = hashes.1(start, block.count)
    let steps = (latest - earliest) / step
    let room = UInt64(min(Self.mostSamples, max(Self.mostInAll - told.count, 0)))
    let left = steps > room ? steps - room : 0
    var time = earliest + left * step
    while true {
      let milliseconds = MetricsTranslator.milliseconds(min(time, latest))
      if told.insert(Sample(high: high, low: low, time: milliseconds)).inserted { times.append(milliseconds) }
      if time >= latest { break }
      time += step
    }
    return left == 0
  }
}
