/// Reads what `ByteWriter` wrote. Every read checks what is left: the bytes may be anything.
struct ByteReader {
  /// The bytes are not what they should be.
  struct Malformed: Error {}

  private let bytes: [UInt8]
  private var next: Int

  init(_ bytes: [UInt8], from start: Int = 0) {
    self.bytes = bytes
    next = start
  }

  var isAtEnd: Bool { next >= bytes.count }

  mutating func number() throws(Malformed) -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while next < bytes.count, shift < 64 {
      let byte = bytes[next]
      next += 1
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
      shift += 7
    }
    throw Malformed()
  }

  mutating func int() throws(Malformed) -> Int {
    let raw = try number()
    return Int(Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1))
  }

  mutating func bool() throws(Malformed) -> Bool { try number() != 0 }

  mutating func text() throws(Malformed) -> String {
    let count = try count()
    defer { next += count }
    return String(decoding: bytes[next..<(next + count)], as: UTF8.self)
  }

  /// As many elements as a number in front says.
  mutating func list<Element>(
    _ element: (inout ByteReader) throws(Malformed) -> Element
  ) throws(Malformed) -> [Element] {
    // An element takes at least a byte: a count beyond the rest is no reason to reserve memory for it.
    let count = try count()
    var elements: [Element] = []
    elements.reserveCapacity(min(count, 1024))
    for _ in 0..<count { elements.append(try element(&self)) }
    return elements
  }

  private mutating func count() throws(Malformed) -> Int {
    let count = try number()
    guard count <= UInt64(bytes.count - next) else { throw Malformed() }
    return Int(count)
  }
}
