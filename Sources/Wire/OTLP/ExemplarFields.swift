import Memory
import Model

/// The exemplars of one point as fields 3 of a series. Its memory is used again for each point; one thread.
struct ExemplarFields: ~Copyable {
  /// Some of the exemplars, one after the other.
  struct Slice {
    var bytes: UnsafeRawBufferPointer
    var count: Int
  }

  // Not private, as with `SpanLayout.BucketSpan`.
  struct Item: BitwiseCopyable {
    var value: Double
    var range: Stretch
  }

  /// How many there are.
  var count: Int { items.count }
  /// How many were left out because they have no value.
  private(set) var withoutValue = 0
  /// How many go without their attributes, which are too long.
  var shortened: Int { labels.shortened }

  private var items = Column<Item>(capacity: 16)
  private let encoded = Buffer(capacity: 1024)
  private let sorted = Buffer(capacity: 1024)
  private var labels = ExemplarLabels()

  /// The bytes of all of them.
  private(set) var byteCount = 0
  /// All of them, in the order of the message or of their values.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: encoded.base, count: byteCount) }

  @inline(__always) mutating func removeAll() {
    items.truncate()
    byteCount = 0
    withoutValue = 0
    labels.shortened = 0
  }

  /// Encodes the exemplars at `stretches`; one without a time gets that of its point.
  mutating func read(_ stretches: borrowing Column<Stretch>, _ pointTime: Int64, _ body: WireReader) throws(WireError) {
    removeAll()
    encoded.count = 0
    for index in 0..<stretches.count {
      let message = try ExemplarMessage(body.reader(stretches[index].start, stretches[index].end))
      guard let bits = message.bits else {
        withoutValue += 1
        continue
      }
      let start = encoded.count
      let field = encoded.beginMessage(tag: 0x1A)
      try labels.write(message, body, to: encoded)
      encoded.append(tag: 0x11, fixed64: bits)
      let time = message.time < 1_000_000 ? pointTime : MetricsTranslator.milliseconds(message.time)
      encoded.append(tag: 0x18, varint: UInt64(bitPattern: time))
      encoded.endMessage(field)
      items.append(Item(value: Double(bitPattern: bits), range: Stretch(start: start, end: encoded.count)))
    }
    byteCount = encoded.count
  }

  /// Puts them in the order of their values, those that are no number last; equal ones stay as they were.
  mutating func sortByValue() {
    guard items.count > 1, !isSorted else { return }
    let values = items.base
    let order = (0..<items.count).sorted { left, right in
      if Self.comes(values[left], before: values[right]) { return true }
      return !Self.comes(values[right], before: values[left]) && left < right
    }
    let moved = order.map { values[$0] }
    sorted.count = 0
    items.truncate()
    for item in moved {
      let start = sorted.count
      sorted.append(
        UnsafeRawBufferPointer(start: encoded.base + item.range.start, count: item.range.end - item.range.start))
      items.append(Item(value: item.value, range: Stretch(start: start, end: sorted.count)))
    }
    encoded.count = 0
    encoded.append(sorted.bytes)
  }

  private var isSorted: Bool {
    for index in 1..<items.count where Self.comes(items[index], before: items[index - 1]) { return false }
    return true
  }

  private static func comes(_ left: Item, before right: Item) -> Bool {
    left.value.isNaN ? false : right.value.isNaN || left.value < right.value
  }

  /// The first from `first` on whose value lies above `bound`.
  func index(after bound: Double, from first: Int) -> Int {
    var index = first
    while index < items.count, items[index].value <= bound { index += 1 }
    return index
  }

  func slice(_ first: Int, _ end: Int) -> Slice? {
    guard first < end else { return nil }
    let start = items[first].range.start
    return Slice(
      bytes: UnsafeRawBufferPointer(start: encoded.base + start, count: items[end - 1].range.end - start),
      count: end - first)
  }
}
