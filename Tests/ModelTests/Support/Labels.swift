import Memory
import Model

/// Lengths on both sides of where a varint takes one byte more.
let edgeLengths = [0, 1, 127, 128, 129, 16_383, 16_384, 16_385]

extension Buffer {
  /// A copy of the bytes in use.
  var contents: [UInt8] { withExtendedLifetime(self) { Array(bytes) } }

  /// Appends a label as `LabelEncoding` writes it.
  func append(_ name: [UInt8], _ value: [UInt8]) {
    withLabel(name, value) { LabelEncoding.append($0, to: self) }
  }
}

/// Lets `body` see a label of these bytes.
func withLabel<Result>(_ name: [UInt8], _ value: [UInt8], _ body: (Label) -> Result) -> Result {
  name.withUnsafeBytes { name in value.withUnsafeBytes { value in body(Label(name: name, value: value)) } }
}

/// A label block of these labels, in the order given.
func block(_ labels: [(String, String)]) -> Buffer {
  let buffer = Buffer(capacity: 16)
  for (name, value) in labels { buffer.append(Array(name.utf8), Array(value.utf8)) }
  return buffer
}

/// A varint written by the book: groups of seven bits, lowest first, the eighth says that more follow.
func varint(_ value: Int) -> [UInt8] {
  value < 128 ? [UInt8(value)] : [UInt8(value % 128 + 128)] + varint(value / 128)
}

/// The label as a field 1 of `prometheus.TimeSeries`, written by the book.
func field(_ name: [UInt8], _ value: [UInt8]) -> [UInt8] {
  let content = [0x0A] + varint(name.count) + name + [0x12] + varint(value.count) + value
  return [0x0A] + varint(content.count) + content
}
