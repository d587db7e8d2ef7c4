internal import CPlatform
internal import Memory
internal import Model

/// Turns label blocks into references of a symbol table. Reused from request to request.
///
/// The series of a block resemble their neighbours: a label that the series before had at the same place is taken over
/// without being looked up.
struct SymbolReferences: ~Copyable {
  // Not private: as a private type in a column of a value in a class, it crashes the compiler (6.3.1).
  struct Known: BitwiseCopyable {
    /// The whole field of the label.
    var start: Int
    var count: Int
    var name: UInt32
    var value: UInt32
    var isMetricName: Bool
  }

  private var labels = Column<Known>()
  private var count = 0

  /// Forgets the labels of the series before, whose memory is about to go.
  mutating func removeAll() {
    labels.truncate()
    count = 0
  }

  /// Looks up the labels in `block`, which holds nothing else.
  mutating func read(_ block: WireReader, _ symbols: inout StringTable) throws(WireError) {
    var reader = block
    count = 0
    while !reader.isAtEnd {
      let start = reader.position
      _ = try reader.tag()
      let label = try reader.message()
      let length = reader.position &- start
      if count == labels.count {
        labels.append(try Self.look(up: label, start, length, &symbols))
      } else if !isSame(labels[count], reader.base + start, length, reader.base) {
        labels[count] = try Self.look(up: label, start, length, &symbols)
      }
      count &+= 1
    }
  }

  /// The reference of the value of `__name__`; nil: there is none.
  var metricName: UInt32? {
    for index in 0..<count where labels[index].isMetricName { return labels[index].value }
    return nil
  }

  /// Writes the references as a packed field 1.
  func write(to output: Buffer) {
    let start = output.beginMessage(tag: 0x0A)
    output.reserve(count &* 10)
    var out = output.base + output.count
    for index in 0..<count {
      Varint.write(UInt64(labels[index].name), to: &out)
      Varint.write(UInt64(labels[index].value), to: &out)
    }
    output.count = out - output.base
    output.endMessage(start)
  }

  @inline(__always)
  private func isSame(_ known: Known, _ field: UnsafePointer<UInt8>, _ count: Int, _ base: UnsafePointer<UInt8>) -> Bool
  {
    known.count == count && sluice_compare(base + known.start, field, UInt64(count)) == 0
  }

  @inline(never)
  private static func look(
    up label: WireReader, _ start: Int, _ count: Int, _ symbols: inout StringTable
  ) throws(WireError) -> Known {
    var reader = label
    let empty = UnsafeRawBufferPointer(rebasing: label.rest.prefix(0))
    var (name, value) = (empty, empty)
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A: name = try reader.bytes()
      case 0x12: value = try reader.bytes()
      default: try reader.skip(tag, known: 0b110)
      }
    }
    return Known(
      start: start, count: count, name: symbols.number(of: name), value: symbols.number(of: value),
      isMetricName: name.elementsEqual("__name__".utf8))
  }
}
