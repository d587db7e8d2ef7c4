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
  }

  /// Whether a rule has dropped the series.
  public internal(set) var isDropped = false
  /// Whether a rule wanted more labels or more text than one series may have; what it wanted is not done.
  public internal(set) var isTooLarge = false

  var entries = Column<Entry>()
  /// The entries before this one came with the series, the others were set.
  private var filled = 0
  private var order = Column<Int32>()
  private var text = ScratchText()
  /// Where the groups of the last match lie.
  var groups = Column<Int64>()
  /// The labels before a step that reads all of them while it sets some.
  var pending = Column<Entry>()

  public init() {}

  /// Forgets the last series and takes the labels of `block`.
  public func fill(from block: LabelBlock) {
    isDropped = false
    isTooLarge = false
    text.removeAll()
    entries.truncate()
    for label in block {
      entries.append(Entry(name: label.name, value: label.value, isLive: true))
    }
    filled = entries.count
    isTooLarge = filled > Self.mostLabels
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

  /// Puts the labels in the order of their names, for `count`, `subscript` and `write`. To be called after the last
  /// change.
  public func sort() {
    order.truncate()
    for index in 0..<entries.count where entries.base[index].isLive { insert(Int32(truncatingIfNeeded: index)) }
  }

  /// How many labels there are. After `sort`.
  public var count: Int { order.count }

  /// A label by its place among the sorted ones. After `sort`.
  public subscript(place: Int) -> Label {
    let entry = entries.base[Int(order[place])]
    return Label(name: entry.name, value: entry.value)
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
    for place in 0..<order.count {
      let content = self[place].contentSize
      size &+= 1 &+ WireLength.size(content) &+ content
    }
    buffer.reserve(size)
    var here = UnsafeMutableRawPointer(buffer.base + start)
    for place in 0..<order.count { self[place].write(to: &here) }
    buffer.count = start &+ size
    return ByteRange(start, start &+ size)
  }

  /// The labels of the block are sorted already: only those that were set move.
  private func insert(_ index: Int32) {
    order.append(index)
    let base = entries.base
    let name = base[Int(index)].name
    var place = order.count &- 1
    while place > 0, name.precedes(base[Int(order[place &- 1])].name) {
      order[place] = order[place &- 1]
      place &-= 1
    }
    order[place] = index
  }
}
