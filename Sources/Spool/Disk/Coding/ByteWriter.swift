/// Writes numbers and texts as the files of the spool hold them: numbers as varints, texts behind their length.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Small ones of either sign are short.
  mutating func write(_ number: Int) { write(UInt64(bitPattern: Int64(number << 1) ^ Int64(number >> 63))) }

  mutating func write(_ isSet: Bool) { bytes.append(isSet ? 1 : 0) }

  mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      write(UInt64(utf8.count))
      bytes.append(contentsOf: utf8)
    }
  }

  /// The number of elements, then each of them.
  mutating func write<Element>(
    _ elements: some Collection<Element>, _ element: (inout ByteWriter, Element) -> Void
  ) {
    write(UInt64(elements.count))
    for item in elements { element(&self, item) }
  }

  mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}
