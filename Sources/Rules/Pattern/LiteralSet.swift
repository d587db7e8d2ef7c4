internal import Model

/// A few or many texts, asked whether one of them is exactly this.
struct LiteralSet: Sendable {
  private let sorted: [OwnedBytes]

  init(_ texts: [[UInt8]]) {
    let unique = Set(texts)
    sorted = unique.sorted { $0.lexicographicallyPrecedes($1) }.map { OwnedBytes(copying: $0) }
  }

  var isEmpty: Bool { sorted.isEmpty }
  /// The only one, where it is only one.
  var only: OwnedBytes? { sorted.count == 1 ? sorted[0] : nil }

  func contains(_ text: UnsafeRawBufferPointer) -> Bool {
    var low = 0
    var high = sorted.count
    while high - low > 4 {
      let middle = (low + high) / 2
      if text.precedes(sorted[middle].bytes) { high = middle } else { low = middle }
    }
    while low < high {
      if sorted[low].bytes.hasSameBytes(as: text) { return true }
      low += 1
    }
    return false
  }
}
