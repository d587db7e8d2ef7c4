import Model
import Testing

@Suite struct BytesTests {
  private func compare(
    _ left: [UInt8], _ right: [UInt8], _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Bool
  ) -> Bool {
    left.withUnsafeBytes { left in right.withUnsafeBytes { right in body(left, right) } }
  }

  /// Pairs of which the first comes before the second.
  static let ordered: [([UInt8], [UInt8])] = [
    ([], [0]), ([0], [1]), ([1], [1, 0]), ([0x7F], [0x80]), ([0x80], [0xFF]), ([1, 2, 3], [1, 2, 4]),
    (Array("Z".utf8), Array("a".utf8)), (Array("__name__".utf8), Array("job".utf8)), (Array("é".utf8), Array("€".utf8)),
  ]

  @Test(arguments: ordered) func `order is that of the bytes, a beginning before the whole`(
    _ first: [UInt8], _ second: [UInt8]
  ) {
    #expect(compare(first, second) { $0.precedes($1) })
    #expect(!compare(second, first) { $0.precedes($1) })
    #expect(!compare(first, second) { $0.hasSameBytes(as: $1) })
  }

  @Test(arguments: [[], [0], [1, 2, 3], [UInt8](repeating: 9, count: 1000)])
  func `equal bytes are the same, and neither precedes the other`(_ bytes: [UInt8]) {
    #expect(compare(bytes, bytes.map { $0 }) { $0.hasSameBytes(as: $1) })
    #expect(!compare(bytes, bytes) { $0.precedes($1) })
  }

  @Test func `bytes without memory are empty bytes`() {
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    let some: [UInt8] = [1]
    some.withUnsafeBytes { some in
      #expect(none.hasSameBytes(as: UnsafeRawBufferPointer(rebasing: some[..<0])))
      #expect(!none.hasSameBytes(as: some))
      #expect(none.precedes(some))
      #expect(!some.precedes(none))
    }
    #expect(none.text == "")
  }

  @Test func `what is not UTF-8 is shown as a replacement`() {
    let bytes: [UInt8] = [0x61, 0xFF, 0x62]
    #expect(bytes.withUnsafeBytes { $0.text } == "a\u{FFFD}b")
  }
}
