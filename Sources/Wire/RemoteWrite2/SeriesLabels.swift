internal import CPlatform
internal import Memory
internal import Model

/// The labels of one series of remote-write 2.0: resolved, checked, put in order. Reused from series to series.
struct SeriesLabels: ~Copyable {
  private var pairs = Column<SymbolPair>()
  /// The value of `__name__`, once `resolve` has found the labels right.
  private(set) var metricName = Symbol(offset: 0, length: 0, isUTF8: true)
  /// Bytes of the labels as a `LabelBlock`.
  private(set) var encodedSize = 0

  /// Looks up `references`, and says what is wrong with them if they are no label set.
  ///
  /// - Parameters:
  ///   - base: the body, with `Buffer.slack` readable bytes behind it.
  ///   - room: bytes that the labels may take.
  /// - Throws: `.tooLarge` when they take more, before any of them is compared.
  mutating func resolve(
    _ references: borrowing Column<UInt32>, _ symbols: borrowing Symbols, _ base: UnsafePointer<UInt8>, room: Int
  ) throws(WireError) -> RefusalReason? {
    pairs.truncate()
    encodedSize = 0
    guard references.count > 0 else { return .noLabels }
    guard references.count & 1 == 0 else { return .invalidReference }
    var isUTF8 = true
    var hasEmptyName = false
    for index in stride(from: 0, to: references.count, by: 2) {
      guard let name = symbols[references[index]], let value = symbols[references[index &+ 1]] else {
        return .invalidReference
      }
      if name.isEmpty { hasEmptyName = true }
      // An empty value and no label are the same in Prometheus's data model.
      if value.isEmpty { continue }
      if !(name.isUTF8 && value.isUTF8) { isUTF8 = false }
      let pair = SymbolPair(name: name, value: value)
      let content = Self.contentSize(pair)
      encodedSize &+= 1 &+ Varint.size(content) &+ content
      guard encodedSize <= room else { throw WireError(.tooLarge, at: Int(value.offset)) }
      pairs.append(pair)
    }
    if hasEmptyName { return .emptyLabelName }
    if !isUTF8 { return .invalidUTF8 }
    if !isSorted(base), !sort(base) { return .duplicateLabelName }
    return findMetricName(base) ? nil : .noMetricName
  }

  /// Writes the labels as a `LabelBlock`. The caller has made room for `encodedSize`.
  func write(to output: Buffer, from base: UnsafePointer<UInt8>) {
    var end = output.base + output.count
    for index in 0..<pairs.count { Self.write(pairs[index], from: base, to: &end) }
    output.count = end - output.base
  }

  /// The bytes of a label as a field of `prometheus.TimeSeries`, without its tag and length.
  static func contentSize(_ pair: SymbolPair) -> Int {
    let (name, value) = (Int(pair.name.length), Int(pair.value.length))
    return 2 &+ Varint.size(name) &+ name &+ Varint.size(value) &+ value
  }

  @inline(__always)
  static func write(_ pair: SymbolPair, from base: UnsafePointer<UInt8>, to end: inout UnsafeMutablePointer<UInt8>) {
    end[0] = 0x0A
    end += 1
    Varint.write(UInt64(truncatingIfNeeded: contentSize(pair)), to: &end)
    write(pair.name, tag: 0x0A, from: base, to: &end)
    write(pair.value, tag: 0x12, from: base, to: &end)
  }

  @inline(__always)
  private static func write(
    _ text: Symbol, tag: UInt8, from base: UnsafePointer<UInt8>, to end: inout UnsafeMutablePointer<UInt8>
  ) {
    end[0] = tag
    end += 1
    Varint.write(UInt64(text.length), to: &end)
    // Both sides are buffers with slack.
    sluice_copy32(end, base + Int(text.offset), UInt64(text.length))
    end += Int(text.length)
  }

  private mutating func findMetricName(_ base: UnsafePointer<UInt8>) -> Bool {
    for index in 0..<pairs.count {
      let name = pairs[index].name
      guard name.length == 8, Self.prefix(name, base) == Self.nameOfMetric else { continue }
      metricName = pairs[index].value
      return true
    }
    return false
  }

  private func isSorted(_ base: UnsafePointer<UInt8>) -> Bool {
    for index in 1..<max(1, pairs.count) {
      guard Self.precedes(pairs[index &- 1].name, pairs[index].name, base) else { return false }
    }
    return true
  }

  /// False when a name comes twice.
  private func sort(_ base: UnsafePointer<UInt8>) -> Bool {
    var room = UnsafeMutableBufferPointer(start: pairs.base, count: pairs.count)
    room.sort { Self.precedes($0.name, $1.name, base) }
    return isSorted(base)
  }

  // The eight bytes of `__name__`, as `prefix` gives them.
  private static let nameOfMetric: UInt64 = 0x5F5F_6E61_6D65_5F5F

  /// The first eight bytes as a number that orders as the bytes do; what is behind the text counts as zero.
  @inline(__always)
  private static func prefix(_ text: Symbol, _ base: UnsafePointer<UInt8>) -> UInt64 {
    let bytes = UnsafeRawPointer(base + Int(text.offset)).loadUnaligned(as: UInt64.self).bigEndian
    return text.length >= 8 ? bytes : bytes & ~(UInt64.max &>> (UInt64(text.length) &* 8))
  }

  @inline(__always)
  private static func precedes(_ left: Symbol, _ right: Symbol, _ base: UnsafePointer<UInt8>) -> Bool {
    let (first, second) = (prefix(left, base), prefix(right, base))
    if first != second { return first < second }
    if left.length <= 8 || right.length <= 8 { return left.length < right.length }
    return UnsafeRawBufferPointer(start: base + Int(left.offset), count: Int(left.length))
      .precedes(UnsafeRawBufferPointer(start: base + Int(right.offset), count: Int(right.length)))
  }
}
