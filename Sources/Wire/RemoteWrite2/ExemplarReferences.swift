internal import Memory

/// An exemplar of remote-write 2.0, its labels looked up. Reused from exemplar to exemplar.
struct ExemplarReferences: ~Copyable {
  private var references = Column<UInt32>()
  private var pairs = Column<SymbolPair>()
  private var value: UInt64 = 0
  private var timestamp: UInt64 = 0
  /// Bytes of the labels once they are written out.
  private(set) var encodedSize = 0

  /// Reads `exemplar`. Its labels stay as they are but for their UTF-8, which has to be right.
  /// - Returns: what is wrong with it, or nil.
  mutating func read(_ exemplar: WireReader, _ symbols: borrowing Symbols) throws(WireError) -> String? {
    try readFields(exemplar)
    pairs.truncate()
    encodedSize = 0
    guard references.count & 1 == 0 else { return "an exemplar with a label name and no value" }
    for index in stride(from: 0, to: references.count, by: 2) {
      guard let name = symbols[references[index]], let value = symbols[references[index + 1]] else {
        return "an exemplar with a reference outside the symbols"
      }
      guard name.isUTF8, value.isUTF8 else { return "an exemplar with a label that is not UTF-8" }
      let pair = SymbolPair(name: name, value: value)
      let content = SeriesLabels.contentSize(pair)
      encodedSize += 1 + Varint.size(content) + content
      pairs.append(pair)
    }
    return nil
  }

  /// Writes what was read as field 3 of a series. The caller has made room for `encodedSize` and 48 bytes.
  func write(to output: Buffer, from base: UnsafePointer<UInt8>) {
    let begin = output.beginMessage(tag: 0x1A)
    var end = output.base + output.count
    for index in 0..<pairs.count { SeriesLabels.write(pairs[index], from: base, to: &end) }
    output.count = end - output.base
    output.append(tag: 0x11, fixed64: value)
    output.append(tag: 0x18, varint: timestamp)
    output.endMessage(begin)
  }

  private mutating func readFields(_ exemplar: WireReader) throws(WireError) {
    references.truncate()
    (value, timestamp) = (0, 0)
    var reader = exemplar
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A:
        var packed = try reader.message()
        while !packed.isAtEnd { references.append(SeriesOutline.reference(try packed.varint())) }
      case 0x08: references.append(SeriesOutline.reference(try reader.varint()))
      case 0x11: value = try reader.fixed64()
      case 0x18: timestamp = try reader.varint()
      default: try reader.skip(tag, known: 0b1110)
      }
    }
  }
}
