import Memory
import Model

/// The `le` labels of a classic histogram's buckets, kept as long as the bounds stay the same. One thread.
struct BucketLabels: ~Copyable {
  /// `le="+Inf"`.
  let infinity: Fragment
  private(set) var fragments = Column<Fragment>(capacity: 64)
  /// The longest of them.
  private(set) var mostBytes: Int

  private var bounds = Column<UInt64>(capacity: 64)
  private var scratch = ScratchMemory(chunkSize: 16 << 10)
  private var constants = ScratchMemory(chunkSize: 64)

  init() {
    infinity = constants.label("le", ("+Inf" as StaticString).bytes)
    mostBytes = infinity.count
  }

  /// Makes `fragments` those of `bounds`.
  mutating func update(_ wanted: borrowing Column<UInt64>, _ numbers: borrowing PlainNumbers) {
    if isCurrent(wanted) { return }
    scratch.removeAll()
    bounds.truncate()
    fragments.truncate()
    mostBytes = infinity.count
    for index in 0..<wanted.count {
      let fragment = numbers.label("le", bits: wanted[index], in: &scratch)
      bounds.append(wanted[index])
      fragments.append(fragment)
      mostBytes = max(mostBytes, fragment.count)
    }
  }

  private func isCurrent(_ wanted: borrowing Column<UInt64>) -> Bool {
    let bytes = wanted.count * MemoryLayout<UInt64>.stride
    return wanted.count == bounds.count
      && UnsafeRawBufferPointer(start: wanted.base, count: bytes)
        .hasSameBytes(as: UnsafeRawBufferPointer(start: bounds.base, count: bytes))
  }
}
