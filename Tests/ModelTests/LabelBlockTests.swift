import Memory
import Model
import Testing

@Suite struct LabelBlockTests {
  private func pairs(_ buffer: Buffer) -> [String] {
    withExtendedLifetime(buffer) { LabelBlock(buffer.bytes).map { "\($0.name.text)=\($0.value.text)" } }
  }

  private func value(of name: String, in buffer: Buffer) -> String? {
    withExtendedLifetime(buffer) {
      Array(name.utf8).withUnsafeBytes { LabelBlock(buffer.bytes).value(of: $0)?.text }
    }
  }

  @Test func `labels come in the order of the block`() {
    #expect(pairs(block([("__name__", "up"), ("a", "1"), ("job", "x")])) == ["__name__=up", "a=1", "job=x"])
  }

  @Test func `an empty block has no labels, be there memory behind it or not`() {
    #expect(pairs(Buffer(capacity: 8)) == [])
    #expect(Array(LabelBlock(UnsafeRawBufferPointer(start: nil, count: 0))).isEmpty)
  }

  @Test(arguments: edgeLengths.dropFirst(), edgeLengths.dropFirst())
  func `labels of any length are read`(_ nameLength: Int, _ valueLength: Int) {
    let name = [UInt8](repeating: UInt8(ascii: "n"), count: nameLength)
    let value = [UInt8](repeating: UInt8(ascii: "v"), count: valueLength)
    let buffer = block([("a", "first")])
    buffer.append(name, value)
    buffer.append([UInt8(ascii: "z")], Array("last".utf8))
    let found = withExtendedLifetime(buffer) {
      LabelBlock(buffer.bytes).map { (name: Array($0.name), value: Array($0.value)) }
    }
    #expect(found.count == 3)
    let isWhole = found[1].name == name && found[1].value == value
    #expect(isWhole)
    #expect(found[2].value == Array("last".utf8))
  }

  @Test func `a label is found by its name`() {
    let buffer = block([("__name__", "up"), ("a", "1"), ("job", "x")])
    #expect(value(of: "__name__", in: buffer) == "up")
    #expect(value(of: "a", in: buffer) == "1")
    #expect(value(of: "job", in: buffer) == "x")
  }

  @Test(arguments: ["", "jo", "jobs", "Job", "x"]) func `a name that is not there is not found`(_ name: String) {
    #expect(value(of: name, in: block([("__name__", "up"), ("job", "x")])) == nil)
  }

  @Test(arguments: edgeLengths.dropFirst()) func `a label behind a long one is found`(_ length: Int) {
    let buffer = block([("long", String(repeating: "v", count: length)), ("next", "here")])
    #expect(value(of: "next", in: buffer) == "here")
    #expect(value(of: "long", in: buffer)?.utf8.count == length)
  }

  @Test func `reading goes no further than the block`() {
    let buffer = block([("a", "1")])
    let end = buffer.count
    buffer.append([UInt8(ascii: "b")], [UInt8(ascii: "2")])
    let count = withExtendedLifetime(buffer) {
      LabelBlock(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<end])).reduce(0) { sum, _ in sum + 1 }
    }
    #expect(count == 1)
  }
}
