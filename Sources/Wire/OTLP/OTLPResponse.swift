import Memory
public import Model

/// The bodies of answers to OTLP requests.
public enum OTLPResponse {
  /// The encoding of the request, which is that of its answer.
  public enum Encoding: Sendable {
    case protobuf
    case json
  }

  /// An `ExportMetricsServiceResponse`: empty where all was taken, otherwise with what was refused and why.
  ///
  /// - Parameters:
  ///   - rejected: data points that were refused; 0 with a message is a warning.
  ///   - message: for the people who run the sender.
  public static func exportResponse(rejected: Int, message: String, _ encoding: Encoding) -> [UInt8] {
    switch encoding {
    case .protobuf: protobuf(rejected: rejected, message: message)
    case .json: json(rejected: rejected, message: message)
    }
  }

  /// The answer to a request of which `refusals` were refused.
  public static func exportResponse(_ refusals: Refusals, _ encoding: Encoding) -> [UInt8] {
    exportResponse(rejected: refusals.total, message: refusals.message, encoding)
  }

  /// A `google.rpc.Status`: the body of every answer that is no success.
  ///
  /// - Parameters:
  ///   - code: of `google.rpc.Code`.
  ///   - fault: where the request is no message, which the status tells as a `google.rpc.BadRequest` (OTLP/HTTP
  ///     specification, "Bad Data").
  public static func status(
    code: Int32, message: String, fault: WireError? = nil, _ encoding: Encoding
  ) -> [UInt8] {
    switch encoding {
    case .protobuf:
      let out = Buffer(capacity: message.utf8.count + 16)
      if code != 0 { out.append(tag: 0x08, varint: UInt64(bitPattern: Int64(code))) }
      if !message.isEmpty { out.append(tag: 0x12, text: message) }
      if let fault { appendDetail(fault, to: out) }
      return Array(out.bytes)
    case .json:
      let details = fault.map { ",\"details\":[\(detail($0))]" } ?? ""
      return Array("{\"code\":\(code),\"message\":\(quoted(message))\(details)}".utf8)
    }
  }

  private static let badRequest = "type.googleapis.com/google.rpc.BadRequest"

  private static func appendDetail(_ fault: WireError, to out: Buffer) {
    let detail = out.beginMessage(tag: 0x1A)
    out.append(tag: 0x0A, text: badRequest)
    let value = out.beginMessage(tag: 0x12)
    let violation = out.beginMessage(tag: 0x0A)
    if !fault.path.isEmpty { out.append(tag: 0x0A, text: fault.field) }
    out.append(tag: 0x12, text: fault.words)
    out.endMessage(violation)
    out.endMessage(value)
    out.endMessage(detail)
  }

  private static func detail(_ fault: WireError) -> String {
    let violation = "{\"field\":\(quoted(fault.field)),\"description\":\(quoted(fault.words))}"
    return "{\"@type\":\"\(badRequest)\",\"fieldViolations\":[\(violation)]}"
  }

  /// The `google.rpc.Code` that belongs to an HTTP status, as the OpenTelemetry Collector has it.
  public static func code(forHTTPStatus status: Int) -> Int32 {
    switch status {
    case 400: 3
    case 401: 16
    case 403: 7
    case 404: 12
    case 429: 8
    case 502, 503, 504: 14
    default: 2
    }
  }

  private static func protobuf(rejected: Int, message: String) -> [UInt8] {
    guard rejected != 0 || !message.isEmpty else { return [] }
    let out = Buffer(capacity: message.utf8.count + 32)
    let partial = out.beginMessage(tag: 0x0A)
    if rejected != 0 { out.append(tag: 0x08, varint: UInt64(bitPattern: Int64(rejected))) }
    if !message.isEmpty { out.append(tag: 0x12, text: message) }
    out.endMessage(partial)
    return Array(out.bytes)
  }

  private static func json(rejected: Int, message: String) -> [UInt8] {
    guard rejected != 0 || !message.isEmpty else { return Array("{}".utf8) }
    var fields: [String] = []
    if rejected != 0 { fields.append("\"rejectedDataPoints\":\"\(rejected)\"") }
    if !message.isEmpty { fields.append("\"errorMessage\":\(quoted(message))") }
    return Array("{\"partialSuccess\":{\(fields.joined(separator: ","))}}".utf8)
  }

  private static func quoted(_ text: String) -> String {
    let out = Buffer(capacity: text.utf8.count + 16)
    var text = text
    text.withUTF8 { AttributeJSON.appendQuoted(UnsafeRawBufferPointer($0), to: out) }
    return out.bytes.text
  }
}
