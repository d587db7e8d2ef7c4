internal import Memory

/// One string of a request's symbol table: where it lies in the body.
struct Symbol: BitwiseCopyable {
  var offset: UInt32
  var length: UInt32
  var isUTF8: Bool

  var isEmpty: Bool { length == 0 }
}

/// A label of a series, as two strings of the symbol table.
struct SymbolPair: BitwiseCopyable {
  var name: Symbol
  var value: Symbol
}

/// The symbol table of `io.prometheus.write.v2.Request`: every string of a request, once. Owned by one thread.
///
/// The specification wants the first one to be empty; Prometheus and Cortex take a request where it is not and resolve
/// its references as they stand, and so does this.
struct Symbols: ~Copyable {
  private var column = Column<Symbol>(capacity: 1024)

  /// What the table takes in memory, in bytes.
  var size: Int { column.count * MemoryLayout<Symbol>.stride }

  /// Reads all symbols of `body`, which may stand before, between or behind the series.
  ///
  /// - Parameter limit: bytes that the table may take.
  mutating func read(_ body: Buffer, limit: Int) throws(WireError) {
    guard body.count <= Int(UInt32.max) else { throw WireError(.tooLarge, at: 0) }
    if column.count > Self.mostKept { column = Column(capacity: 1024) }
    column.truncate()
    var reader = WireReader(base: UnsafePointer(body.base), position: 0, end: body.count)
    while let tag = try reader.tag() {
      switch tag {
      case 0x22:
        let text = try reader.message()
        column.append(
          Symbol(
            offset: UInt32(truncatingIfNeeded: text.position), length: UInt32(truncatingIfNeeded: text.rest.count),
            isUTF8: Self.isUTF8(text)))
        guard size <= limit else { throw WireError(.tooLarge, at: text.position) }
      case 0x2A: _ = try reader.message()
      default: try reader.skip(tag, known: 0b11_0000)
      }
    }
  }

  /// The symbol behind a reference; nil when there is none.
  @inline(__always) subscript(reference: UInt32) -> Symbol? {
    reference < column.count ? column[Int(reference)] : nil
  }

  // What a request of extraordinary size has taken is not kept for those after it.
  private static let mostKept = 1 << 20

  /// The body has `Buffer.slack` readable bytes behind it, so the last load may overshoot.
  @inline(__always) private static func isUTF8(_ text: WireReader) -> Bool {
    let bytes = UnsafeRawPointer(text.base + text.position)
    let count = text.end &- text.position
    var seen: UInt64 = 0
    var at = 0
    while at &+ 8 <= count {
      seen |= bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      at &+= 8
    }
    if at < count {
      let rest = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      seen |= rest & ~(UInt64.max &<< (UInt64(count &- at) &* 8))
    }
    return seen & 0x8080_8080_8080_8080 == 0 || text.rest.isValidUTF8
  }
}
