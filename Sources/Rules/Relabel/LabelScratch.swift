public import Memory
public import Model

/// The labels of one series while rules change them.
///
/// Filled from a block (views, no copies), changed by a `Relabeler`, read sorted or written as a block; then filled with
/// the next series. After the first few series nothing is allocated.
///
/// What it holds points into the block, into its own scratch space and into the constants of the relabeler that ran:
/// all three must live, unchanged, until the last read. The labels that were there keep their place; one that is set
/// goes behind them, in the order of setting, as in Prometheus's builder, because `labelmap` sees that order.
/// Owned by one thread.
public final class LabelScratch {
  /// More labels than this, and a series is too large for rules.
  public static let mostLabels = 1024

  struct Entry: BitwiseCopyable {
    var name: UnsafeRawBufferPointer
    var value: UnsafeRawBufferPointer
    var isLive: Bool

    var label: Label { Label(name: name, value: value) }
  }

  // @exclusivity(unchecked), below: the checks took a quarter of the time of a rule. They would find nothing: one thread
  // owns the scratch, and no method calls out while it holds one of these.

  /// Whether a rule has dropped the series.
  @exclusivity(unchecked) public internal(set) var isDropped = false
  /// Whether a rule wanted more labels or more text than one series may have; what it wanted is not done.
  @exclusivity(unchecked) public internal(set) var isTooLarge = false

  @exclusivity(unchecked) var entries = Column<Entry>()
  /// The entries before this one came with the series, the others were set.
  @exclusivity(unchecked) private var filled = 0
  @exclusivity(unchecked) private var order = Column<Int32>()
  @exclusivity(unchecked) private var text = ScratchText()
  /// Where the groups of the last match lie.
  @exclusivity(unchecked) var groups = Column<Int64>()
  /// The labels before a step that reads all of them while it sets some.
  @exclusivity(unchecked) var pending = Column<Entry>()

  public init() {}

  /// Forgets the last series and takes the labels of `block`: none of them, where they are more than `mostLabels`.
  public func fill(from block: LabelBlock) {
    isDropped = false
    text.removeAll()
    entries.truncate()
    // No label is shorter than this, so the loop need not ask for room.
    let shortest = 8
    entries.reserve(min(block.bytes.count / shortest, Self.mostLabels))
    let base = entries.base
    var count = 0
    for label in block {
      guard count < Self.mostLabels else { return refuse() }
      (base + count).initialize(to: Entry(name: label.name, value: label.value, isLive: true))
      count &+= 1
    }
    entries.commit(count)
    filled = count
    isTooLarge = false
  }

  private func refuse() {
    filled = 0
    isTooLarge = true
  }

  /// The value of `name`; empty when there is no such label.
  public func get(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let index = find(name)
    return index < 0 ? UnsafeRawBufferPointer(start: nil, count: 0) : entries.base[index].value
  }

  /// Gives `name` the value `value`, or takes the label away when `value` is empty. Both are views, kept as they are:
  /// see `keep`. An empty name changes nothing.
  public func set(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    guard value.count > 0 else { return delete(name) }
    guard name.count > 0 else { return }
    let index = find(name)
    if index >= filled {
      entries.base[index].value = value
      return
    }
    guard entries.count < 2 * Self.mostLabels else {
      isTooLarge = true
      return
    }
    if index >= 0 { entries.base[index].isLive = false }
    entries.append(Entry(name: name, value: value, isLive: true))
  }

  public func delete(_ name: UnsafeRawBufferPointer) {
    let index = find(name)
    if index >= 0 { entries.base[index].isLive = false }
  }

  /// A copy of `bytes` that lives until the next `fill`; nil when the series would be too large.
  public func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let room = allocate(bytes.count) else { return nil }
    room.copyMemory(from: bytes)
    return UnsafeRawBufferPointer(room)
  }

  /// Room that lives until the next `fill`; nil, and `isTooLarge`, when the series would be too large.
  func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer? {
    let room = text.allocate(count)
    if room == nil { isTooLarge = true }
    return room
  }

  private func find(_ name: UnsafeRawBufferPointer) -> Int {
    let base = entries.base
    for index in 0..<entries.count where base[index].isLive && base[index].name.hasSameBytes(as: name) {
      return index
    }
    return -1
  }

  // MARK: - The result

  /// Puts the labels in the order of their names, for `count`, `subscript`, `isChanged` and `write`. To be called after
  /// the last change.
  public func sort() {
    order.truncate()
    order.reserve(entries.count)
    let base = entries.base
    let places = order.base
    var count = 0
    // Those that came with the series are in order already.
    for index in 0..<filled where base[index].isLive {
      places[count] = Int32(truncatingIfNeeded: index)
      count &+= 1
    }
    for index in filled..<entries.count where base[index].isLive {
      insert(Int32(truncatingIfNeeded: index), behind: count)
      count &+= 1
    }
    order.commit(count)
  }

  private func insert(_ index: Int32, behind count: Int) {
    let base = entries.base
    let places = order.base
    let name = base[Int(index)].name
    var place = count
    while place > 0, name.precedes(base[Int(places[place &- 1])].name) {
      places[place] = places[place &- 1]
      place &-= 1
    }
    places[place] = index
  }

  /// How many labels there are. After `sort`.
  public var count: Int { order.count }

  /// A label by its place among the sorted ones. After `sort`.
  public subscript(place: Int) -> Label {
    entries.base[Int(order[place])].label
  }

  /// Whether the labels are others than those of the block. After `sort`.
  public var isChanged: Bool {
    guard order.count == filled else { return true }
    let base = entries.base
    for place in 0..<filled {
      let now = Int(order[place])
      if now == place { continue }
      guard base[now].name.hasSameBytes(as: base[place].name), base[now].value.hasSameBytes(as: base[place].value)
      else { return true }
    }
    return false
  }

  /// Appends the labels to `buffer` as a canonical block, and says where it lies. After `sort`. `buffer` may grow, so
  /// the block this was filled from must not lie in it.
  public func write(to buffer: Buffer) -> ByteRange {
    let start = buffer.count
    var size = 0
    forEachPiece { size &+= $0.size }
    buffer.reserve(size)
    var here = buffer.base + start
    forEachPiece { $0.write(to: &here) }
    buffer.count = start &+ size
    return ByteRange(start, start &+ size)
  }

  /// Calls `body` with the pieces that the result is made of: runs of labels that stand side by side in the block, and
  /// single labels that were set.
  @inline(__always) private func forEachPiece(_ body: (LabelPiece) -> Void) {
    let base = entries.base
    let places = order.base
    let count = order.count
    var place = 0
    while place < count {
      let first = Int(places[place])
      place &+= 1
      guard first < filled else {
        body(.label(base[first].label))
        continue
      }
      var last = first
      while place < count, Int(places[place]) == last &+ 1, last &+ 1 < filled {
        last &+= 1
        place &+= 1
      }
      body(LabelPiece(from: base[first].label, through: base[last].label))
    }
  }
}
