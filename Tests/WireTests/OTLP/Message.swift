/// A protobuf message under construction, for tests: every call gives the message with one field more.
struct Message {
  var bytes: [UInt8] = []

  func varint(_ number: Int, _ value: UInt64) -> Message { adding(number, 0, Self.varint(value)) }

  func fixed(_ number: Int, _ value: UInt64) -> Message {
    adding(number, 1, (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) })
  }

  func double(_ number: Int, _ value: Double) -> Message { fixed(number, value.bitPattern) }

  func data(_ number: Int, _ value: [UInt8]) -> Message {
    adding(number, 2, Self.varint(UInt64(value.count)) + value)
  }

  func text(_ number: Int, _ value: String) -> Message { data(number, Array(value.utf8)) }

  func message(_ number: Int, _ value: Message) -> Message { data(number, value.bytes) }

  func messages(_ number: Int, _ values: [Message]) -> Message { values.reduce(self) { $0.message(number, $1) } }

  /// Packed, as every sender writes them.
  func fixed(_ number: Int, packed values: [UInt64]) -> Message {
    data(number, values.flatMap { Message().fixed(1, $0).bytes.dropFirst() })
  }

  func varint(_ number: Int, packed values: [UInt64]) -> Message { data(number, values.flatMap(Self.varint)) }

  func zigzag(_ number: Int, _ value: Int) -> Message {
    varint(number, UInt64(bitPattern: Int64((value << 1) ^ (value >> 63))))
  }

  static func + (left: Message, right: Message) -> Message { Message(bytes: left.bytes + right.bytes) }

  static func varint(_ value: UInt64) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
  }

  private func adding(_ number: Int, _ wire: UInt64, _ content: [UInt8]) -> Message {
    Message(bytes: bytes + Self.varint(UInt64(number) << 3 | wire) + content)
  }
}
