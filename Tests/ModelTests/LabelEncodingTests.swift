import Memory
import Model
import Testing

@Suite struct LabelEncodingTests {
  @Test(arguments: [
    (0, 1), (1, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (1 << 21 - 1, 3), (1 << 21, 4), (1 << 28 - 1, 4),
    (1 << 28, 5), (1 << 35, 6), (1 << 56 - 1, 8), (1 << 56, 9), (.max, 9),
  ])
  func `a varint has a byte for each seven bits`(_ value: Int, _ length: Int) {
    #expect(LabelEncoding.varintLength(value) == length)
  }

  @Test(arguments: edgeLengths + [1 << 21, 1 << 35, .max]) func `a varint is written lowest bits first`(_ value: Int) {
    let buffer = Buffer(capacity: 0)
    LabelEncoding.appendVarint(value, to: buffer)
    #expect(buffer.contents == varint(value))
  }

  @Test(arguments: edgeLengths + [1 << 21, 1 << 35, .max])
  func `a varint takes as many bytes as was said`(_ value: Int) {
    let buffer = Buffer(capacity: 16)
    var end = buffer.base
    LabelEncoding.writeVarint(value, to: &end)
    #expect(end - buffer.base == LabelEncoding.varintLength(value))
  }

  @Test func `a negative number takes the ten bytes that protobuf gives it`() {
    let buffer = Buffer(capacity: 0)
    LabelEncoding.appendVarint(-1, to: buffer)
    #expect(buffer.contents == [UInt8](repeating: 0xFF, count: 9) + [1])
  }

  @Test(arguments: edgeLengths, edgeLengths)
  func `a label is written as its field, and is as long as was said`(_ nameLength: Int, _ valueLength: Int) {
    let name = [UInt8](repeating: UInt8(ascii: "n"), count: nameLength)
    let value = [UInt8](repeating: UInt8(ascii: "v"), count: valueLength)
    let buffer = Buffer(capacity: 0)
    buffer.append(name, value)
    let isAsExpected = buffer.contents == field(name, value)
    #expect(isAsExpected)
    #expect(withLabel(name, value) { LabelEncoding.length(of: $0) } == buffer.count)
  }

  @Test func `a label is appended behind what is there`() {
    let buffer = Buffer(capacity: 0)
    buffer.append("before")
    buffer.append([0x61], [0x62])
    #expect(buffer.contents == Array("before".utf8) + [0x0A, 6, 0x0A, 1, 0x61, 0x12, 1, 0x62])
  }
}
