import Memory
import TestSupport
import Testing

extension Buffer {
  /// A copy of the bytes in use.
  var contents: [UInt8] { withExtendedLifetime(self) { Array(bytes) } }

  func append(_ source: [UInt8]) { source.withUnsafeBytes { append($0) } }
}

@Suite struct BufferTests {
  @Test func `a new buffer is empty and has the room that was asked for`() {
    let buffer = Buffer(capacity: 10)
    #expect(buffer.count == 0)
    #expect(buffer.capacity == 10)
    #expect(buffer.contents == [])
  }

  @Test(arguments: [0, 1, 15, 64]) func `growth keeps the bytes that were there`(_ capacity: Int) {
    let buffer = Buffer(capacity: capacity)
    let first = (0..<capacity).map { UInt8(truncatingIfNeeded: $0) }
    buffer.append(first)
    buffer.append([0xAA, 0xBB])
    #expect(buffer.contents == first + [0xAA, 0xBB])
    #expect(buffer.capacity >= capacity + 2)
  }

  @Test func `growth at least doubles, so that appending costs the same on average`() {
    let buffer = Buffer(capacity: 100)
    buffer.append([UInt8](repeating: 1, count: 100))
    buffer.append(2 as UInt8)
    #expect(buffer.capacity == 200)
  }

  @Test func `growth beyond the double gives exactly what is wanted`() {
    let buffer = Buffer(capacity: 10)
    buffer.append([1, 2, 3])
    buffer.reserve(500)
    #expect(buffer.capacity == 503)
    #expect(buffer.contents == [1, 2, 3])
  }

  @Test func `a reservation that fits moves nothing`() {
    let buffer = Buffer(capacity: 10)
    buffer.append([1, 2, 3])
    let base = buffer.base
    buffer.reserve(7)
    #expect(buffer.base == base)
    #expect(buffer.capacity == 10)
  }

  @Test func `all that is reserved can be written without another reservation`() {
    let buffer = Buffer(capacity: 0)
    buffer.reserve(1000)
    for index in 0..<1000 { buffer.base[index] = UInt8(truncatingIfNeeded: index) }
    buffer.count = 1000
    #expect(buffer.contents == (0..<1000).map { UInt8(truncatingIfNeeded: $0) })
  }

  @Test func `appending nothing changes nothing, be there memory behind it or not`() {
    let buffer = Buffer(capacity: 2)
    buffer.append([1, 2])
    buffer.append(UnsafeRawBufferPointer(start: nil, count: 0))
    buffer.append([])
    buffer.append("")
    #expect(buffer.contents == [1, 2])
    #expect(buffer.capacity == 2)
  }

  @Test func `text is appended as UTF-8`() {
    let buffer = Buffer(capacity: 0)
    buffer.append("aé€😀")
    #expect(buffer.contents == Array("aé€😀".utf8))
  }

  // The address sanitizer sees what goes one byte too far.
  @Test(arguments: [0, 1, 100]) func `the slack behind the capacity can be written and read`(_ capacity: Int) {
    let buffer = Buffer(capacity: capacity)
    let end = buffer.base + buffer.capacity
    for offset in 0..<Buffer.slack { end[offset] = UInt8(offset) }
    #expect((0..<Buffer.slack).map { end[$0] } == (0..<64).map { UInt8($0) })
  }

  @Test func `the slack is there after growth too`() {
    let buffer = Buffer(capacity: 1)
    buffer.reserve(77)
    (buffer.base + buffer.capacity).update(repeating: 0xFF, count: Buffer.slack)
    #expect(buffer.base[buffer.capacity + Buffer.slack - 1] == 0xFF)
  }

  @Test func `what is written into the slack is not part of the content`() {
    let buffer = Buffer(capacity: 4)
    buffer.append([1, 2, 3, 4])
    (buffer.base + 4).update(repeating: 0xEE, count: Buffer.slack)
    buffer.append(5 as UInt8)
    #expect(buffer.contents == [1, 2, 3, 4, 5])
  }

  @Test func `a cleared tail reads as zeroes and leaves the content alone`() {
    let buffer = Buffer(capacity: 3)
    (buffer.base).update(repeating: 0xEE, count: 3 + Buffer.slack)
    buffer.count = 3
    buffer.clearTail()
    #expect(buffer.contents == [0xEE, 0xEE, 0xEE])
    #expect((3..<19).allSatisfy { buffer.base[$0] == 0 })
  }

  @Test(arguments: 0..<20) func `any sequence of calls leaves what an array would hold`(_ seed: Int) {
    var random = SeededGenerator(seed: seed)
    let buffer = Buffer(capacity: .random(in: 0...32, using: &random))
    var model: [UInt8] = []
    for _ in 0..<500 {
      switch Int.random(in: 0..<8, using: &random) {
      case 0, 1:
        let byte = UInt8.random(in: 0...255, using: &random)
        buffer.append(byte)
        model.append(byte)
      case 2, 3, 4:
        let bytes = random.bytes(.random(in: 0...70, using: &random))
        buffer.append(bytes)
        model += bytes
      case 5:
        buffer.append("text")
        model += Array("text".utf8)
      case 6:
        buffer.reserve(.random(in: 0...200, using: &random))
      default:
        buffer.count = .random(in: 0...model.count, using: &random)
        model.removeSubrange(buffer.count...)
      }
      #expect(buffer.count <= buffer.capacity)
    }
    #expect(buffer.contents == model)
  }
}
