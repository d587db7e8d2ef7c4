import Glibc
public import Logging

/// Writes one line a message to standard error, as logfmt or as JSON.
public struct GatewayLogHandler: LogHandler {
  public enum Format: String, Sendable { case logfmt, json }

  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  private let format: Format
  private let label: String

  public init(label: String, level: Logger.Level, format: Format) {
    self.label = label
    self.format = format
    logLevel = level
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let extra = event.metadata.map { metadata.merging($0) { _, new in new } } ?? metadata
    var fields = [("ts", Timestamp.now()), ("level", event.level.rawValue), ("msg", event.message.description)]
    if !label.isEmpty { fields.append(("component", label)) }
    fields += extra.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
    var line = format == .json ? LogLine.json(fields) : LogLine.logfmt(fields)
    line += "\n"
    line.withUTF8 { bytes in
      // One call a line: lines of several threads do not mix. A log that cannot be written has no place to complain.
      _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
  }
}

/// The two forms of a line.
enum LogLine {
  /// `key=value` pairs; a value is quoted where it would not read back as one word.
  static func logfmt(_ fields: [(String, String)]) -> String {
    fields.map { "\($0)=\(isPlain($1) ? $1 : quoted($1))" }.joined(separator: " ")
  }

  /// One object, keys in the order given.
  static func json(_ fields: [(String, String)]) -> String {
    "{" + fields.map { "\(quoted($0)):\(quoted($1))" }.joined(separator: ",") + "}"
  }

  private static func isPlain(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
  }

  /// A JSON string (RFC 8259 section 7), which logfmt readers take too.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// The time in the form of RFC 3339, in UTC, with milliseconds.
enum Timestamp {
  static func now() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var parts = tm()
    gmtime_r(&now.tv_sec, &parts)
    func padded(_ value: Int, _ width: Int = 2) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let day = "\(parts.tm_year + 1900)-\(padded(Int(parts.tm_mon) + 1))-\(padded(Int(parts.tm_mday)))"
    let time = "\(padded(Int(parts.tm_hour))):\(padded(Int(parts.tm_min))):\(padded(Int(parts.tm_sec)))"
    return "\(day)T\(time).\(padded(now.tv_nsec / 1_000_000, 3))Z"
  }
}
