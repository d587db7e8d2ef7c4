import Memory
import Model

/// Writes OTLP that came as JSON in protobuf, so that one translator serves both.
///
/// Follows the JSON mapping of OTLP: names in lowerCamelCase (those of the definition are taken as well), identifiers in
/// hexadecimal, 64-bit integers as strings or numbers, unknown members stepped over, the last of several members holds.
struct JSONTranscoder: ~Copyable {
  /// How deep arrays and objects may nest: as deep as attributes may, each level of which takes up to four.
  private static let mostDepth = 500

  private let output = Buffer(capacity: 4096)
  private let text = Buffer(capacity: 1024)
  private var scanner = JSONScanner(UnsafeRawBufferPointer(start: nil, count: 0))
  private var limit = 0

  /// Transcodes `body`; what is returned is valid until the next call.
  ///
  /// - Parameter limit: most bytes that the result may have.
  mutating func transcode(_ body: UnsafeRawBufferPointer, limit: Int) throws(WireError) -> UnsafeRawBufferPointer {
    output.count = 0
    scanner = JSONScanner(body)
    self.limit = limit
    if try !scanner.takeNull() { try members(.request, Self.mostDepth) }
    if scanner.peek() != nil { throw WireError(.invalidJSON, at: scanner.position) }
    return output.bytes
  }

  private mutating func members(_ schema: JSONSchema, _ depth: Int) throws(WireError) {
    guard depth > 0 else { throw WireError(.tooDeep, at: scanner.position) }
    var list = try JSONList.begin("{", "}", &scanner)
    while try list.next(&scanner) {
      let name = try scanner.string(text)
      let field = schema.field(name)
      try scanner.expect(UInt8(ascii: ":"))
      guard let field else {
        try scanner.skip(text, depth: depth - 1)
        continue
      }
      if try scanner.takeNull() { continue }
      guard output.count <= limit else { throw WireError(.tooLarge, at: scanner.position) }
      do { try value(field, depth - 1) } catch {
        throw error.inside(field.snakeCase.text)
      }
    }
  }

  private mutating func value(_ field: JSONSchema.Field, _ depth: Int) throws(WireError) {
    switch field.kind {
    case .message(let schema): try message(field.number, schema, depth)
    case .messages(let schema):
      var list = try JSONList.begin("[", "]", &scanner)
      while try list.next(&scanner) { try message(field.number, schema, depth - 1) }
    case .packedDouble: try packed(field.number, .double)
    case .packedFixed64: try packed(field.number, .fixed64)
    case .packedUInt64: try packed(field.number, .uint64)
    case .text: output.append(tag: field.number << 3 | 2, bytes: try scanner.string(text))
    case .hexadecimal: try bytes(field.number) { Hexadecimal.decode($0) }
    case .base64: try bytes(field.number) { Base64.decode($0) }
    case .double, .fixed64, .signedFixed64:
      output.append(varint: UInt64(field.number << 3 | 1))
      try scalar(field.kind)
    case .bool, .int64, .uint64, .uint32, .zigzag32, .temporality:
      output.append(varint: UInt64(field.number << 3))
      try scalar(field.kind)
    }
  }

  private mutating func packed(_ number: UInt32, _ kind: JSONSchema.Kind) throws(WireError) {
    let start = output.beginMessage(tag: number << 3 | 2)
    var list = try JSONList.begin("[", "]", &scanner)
    while try list.next(&scanner) { try scalar(kind) }
    output.endMessage(start)
  }

  private mutating func message(_ number: UInt32, _ schema: JSONSchema, _ depth: Int) throws(WireError) {
    let start = output.beginMessage(tag: number << 3 | 2)
    // A null among messages is one without members.
    if try !scanner.takeNull() { try members(schema, depth) }
    output.endMessage(start)
  }

  private mutating func bytes(_ number: UInt32, _ decode: (UnsafeRawBufferPointer) -> [UInt8]?) throws(WireError) {
    let start = scanner.position
    guard let bytes = decode(try scanner.string(text)) else { throw WireError(.invalidEncoding, at: start) }
    bytes.withUnsafeBytes { output.append(tag: number << 3 | 2, bytes: $0) }
  }

  /// Writes a number without its tag.
  private mutating func scalar(_ kind: JSONSchema.Kind) throws(WireError) {
    switch kind {
    case .bool: output.append(varint: try scanner.bool() ? 1 : 0)
    case .double: output.append(fixed64: Self.bits(of: try double()))
    case .fixed64: output.append(fixed64: try integer(UInt64.self))
    case .signedFixed64: output.append(fixed64: UInt64(bitPattern: try integer(Int64.self)))
    case .int64: output.append(varint: UInt64(bitPattern: try integer(Int64.self)))
    case .uint64: output.append(varint: try integer(UInt64.self))
    case .uint32: output.append(varint: UInt64(try integer(UInt32.self)))
    case .zigzag32: output.append(varint: Varint.zigzag(Int64(try integer(Int32.self))))
    case .temporality: output.append(varint: try temporality())
    case .text, .hexadecimal, .base64, .message, .messages, .packedDouble, .packedFixed64, .packedUInt64:
      throw WireError(.wrongJSONType, at: scanner.position)
    }
  }

  /// The digits of a number that may stand in quotes.
  private mutating func digits() throws(WireError) -> UnsafeRawBufferPointer {
    if scanner.peek() == UInt8(ascii: "\"") { return try scanner.string(text) }
    return try scanner.number()
  }

  private mutating func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws(WireError) -> Integer {
    let start = scanner.position
    guard let value = DecimalText.read(try digits(), as: type) else { throw WireError(.invalidNumber, at: start) }
    return value
  }

  /// A number, or one of its names: NaN, Infinity, -Infinity, and the short forms that the Collector takes.
  private mutating func double() throws(WireError) -> Double {
    let start = scanner.position
    let bytes = try digits()
    if let value = DecimalText.readDouble(bytes) { return value }
    let digits = bytes.text
    guard let value = Double(digits) else { throw WireError(.invalidNumber, at: start) }
    // Digits that are too large for a double are not meant as infinity.
    if value.isInfinite, digits.contains(where: \.isNumber) { throw WireError(.invalidNumber, at: start) }
    return value
  }

  /// Of the many that are no number, the one that Prometheus writes.
  private static func bits(of value: Double) -> UInt64 { value.isNaN ? SampleValue.notANumber : value.bitPattern }

  /// A number, as the specification has it, or the name that stands for it.
  private mutating func temporality() throws(WireError) -> UInt64 {
    guard scanner.peek() == UInt8(ascii: "\"") else {
      return UInt64(bitPattern: Int64(try integer(Int32.self)))
    }
    let start = scanner.position
    let name = try scanner.string(text).text
    switch name {
    case "AGGREGATION_TEMPORALITY_UNSPECIFIED": return 0
    case "AGGREGATION_TEMPORALITY_DELTA": return 1
    case "AGGREGATION_TEMPORALITY_CUMULATIVE": return MetricMessage.cumulative
    default:
      guard let number = Int32(name) else { throw WireError(.invalidNumber, at: start) }
      return UInt64(bitPattern: Int64(number))
    }
  }
}
