internal import Memory

/// A set of series, each as 32 bits of its hash: 5 to 11 bytes a series.
///
/// Two series pass for one with a chance of 1 in 2^32, so that of n series about n²/2^33 are not counted: 116 of a
/// million, 1 in 10,000.
struct SeriesSet: ~Copyable {
  private var slots: Column<UInt32>
  private(set) var count = 0

  init() { slots = Self.free(64) }

  func contains(_ series: UInt32) -> Bool { slots[place(of: series)] != 0 }

  /// Whether it was not in the set before.
  mutating func insert(_ series: UInt32) -> Bool {
    if slots[place(of: series)] != 0 { return false }
    if (count + 1) * 4 > slots.count * 3 { grow() }
    slots[place(of: series)] = Self.kept(series)
    count += 1
    return true
  }

  /// Where `series` is, or the free slot where it belongs.
  private func place(of series: UInt32) -> Int {
    let series = Self.kept(series)
    let mask = slots.count &- 1
    var place = Int(series &* 0x9E37_79B1) & mask
    while slots[place] != 0, slots[place] != series { place = (place &+ 1) & mask }
    return place
  }

  /// Zero marks a free slot.
  private static func kept(_ series: UInt32) -> UInt32 { series == 0 ? 1 : series }

  private mutating func grow() {
    var old = Self.free(slots.count * 2)
    swap(&old, &slots)
    for index in 0..<old.count where old[index] != 0 { slots[place(of: old[index])] = old[index] }
  }

  private static func free(_ count: Int) -> Column<UInt32> {
    var slots = Column<UInt32>(capacity: count)
    for _ in 0..<count { slots.append(0) }
    return slots
  }
}
