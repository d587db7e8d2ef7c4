import Memory
import Testing

@testable import Wire

@Suite struct WireWriterTests {
  @Test func `what is written is read back`() throws {
    let values: [UInt64] = [0, 1, 127, 128, 16383, 16384, 1 << 32, 1 << 62, 1 << 63, .max]
    let buffer = Buffer(capacity: 4)
    for value in values { buffer.append(tag: 0x08, varint: value) }
    var reader = WireReader(buffer.bytes)
    for value in values {
      #expect(try reader.tag() == 0x08)
      #expect(try reader.varint() == value)
    }
    #expect(reader.isAtEnd)
  }

  @Test(arguments: 0..<64) func `a size is the count of bytes that are written`(_ bit: Int) {
    let power = UInt64(1) << UInt64(bit)
    for value in [power - 1, power, UInt64.max >> UInt64(bit)] as [UInt64] {
      let buffer = Buffer(capacity: 16)
      buffer.append(varint: value)
      #expect(buffer.count == Varint.size(value))
    }
  }

  @Test(arguments: [0, 1, 127, 128, 16383, 16384, 3_000_000])
  func `a message of any length has its length in shortest form`(_ length: Int) throws {
    let content = [UInt8]((0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    let buffer = Buffer(capacity: 16)
    let start = buffer.beginMessage(tag: 0x12)
    content.withUnsafeBytes { buffer.append($0) }
    buffer.endMessage(start)
    #expect(buffer.count == 1 + Varint.size(length) + length)
    var reader = WireReader(buffer.bytes)
    #expect(try reader.tag() == 0x12)
    #expect(try Array(reader.bytes()) == content)
    #expect(reader.isAtEnd)
  }

  @Test(arguments: [0, 1, -1, 2, -2, Int64.max, Int64.min])
  func `zigzag goes there and back`(_ value: Int64) {
    #expect(Varint.fromZigzag(Varint.zigzag(value)) == value)
  }

  @Test func `numbers of eight bytes are little endian`() {
    let buffer = Buffer(capacity: 1)
    buffer.append(tag: 0x19, double: 1)
    #expect(Array(buffer.bytes) == [0x19, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
  }
}
