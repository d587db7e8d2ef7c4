/// A protobuf message as a test writes it: every call gives the message with one field more.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  func varint(_ number: Int, _ value: UInt64) -> Self { adding(number, 0, Self.varint(value)) }

  func fixed64(_ number: Int, _ value: UInt64) -> Self {
    adding(number, 1, (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) })
  }

  func data(_ number: Int, _ value: [UInt8]) -> Self { adding(number, 2, Self.varint(UInt64(value.count)) + value) }

  func text(_ number: Int, _ value: String) -> Self { data(number, Array(value.utf8)) }

  func message(_ number: Int, _ value: Self) -> Self { data(number, value.bytes) }

  func messages(_ number: Int, _ values: [Self]) -> Self { values.reduce(self) { $0.message(number, $1) } }

  static func varint(_ value: UInt64) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
  }

  private func adding(_ number: Int, _ wireType: Int, _ content: [UInt8]) -> Self {
    Self(bytes: bytes + Self.varint(UInt64(number << 3 | wireType)) + content)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  init() {}
}

/// The fields of a protobuf message that holds varints and bytes only, such as an answer of OTLP.
struct ProtobufFields {
  private(set) var varints: [Int: UInt64] = [:]
  private(set) var data: [Int: [UInt8]] = [:]

  /// Nil when the bytes are no such message.
  init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let tag = Self.varint(&rest), let value = Self.varint(&rest) else { return nil }
      switch tag & 7 {
      case 0: varints[Int(tag >> 3)] = value
      case 2:
        guard rest.count >= value else { return nil }
        data[Int(tag >> 3)] = Array(rest.prefix(Int(value)))
        rest = rest.dropFirst(Int(value))
      default: return nil
      }
    }
  }

  func text(_ number: Int) -> String? { data[number].map { String(decoding: $0, as: UTF8.self) } }

  private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = rest.popFirst(), shift < 64 {
      value |= UInt64(byte & 127) << shift
      if byte < 128 { return value }
      shift += 7
    }
    return nil
  }
}

/// A `google.rpc.Status`, the body with which OTLP refuses.
struct OTLPStatus: Equatable {
  var code: UInt64
  var message: String

  init(_ code: UInt64, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Nil when the bytes are no such message.
  init?(_ body: [UInt8]) {
    guard let fields = ProtobufFields(body) else { return nil }
    self.init(fields.varints[1] ?? 0, fields.text(2) ?? "")
  }
}

/// An `ExportMetricsPartialSuccess`.
struct PartialSuccess: Equatable {
  var rejected: UInt64
  var message: String

  init(_ rejected: UInt64, _ message: String) {
    self.rejected = rejected
    self.message = message
  }

  /// Reads an `ExportMetricsServiceResponse`; nil when it has no partial success.
  init?(_ body: [UInt8]) {
    guard let fields = ProtobufFields(body)?.data[1].flatMap({ ProtobufFields($0) }) else { return nil }
    self.init(fields.varints[1] ?? 0, fields.text(2) ?? "")
  }
}
