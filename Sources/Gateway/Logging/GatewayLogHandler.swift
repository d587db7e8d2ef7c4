import Glibc
public import Logging

/// Writes one line a message to standard error, as logfmt or as JSON.
public struct GatewayLogHandler: LogHandler {
  public enum Format: String, Sendable { case logfmt, json }

  public var logLevel: Logger.Level {
    get { own ?? level.current }
    set { own = newValue }
  }
  public var metadata: Logger.Metadata = [:]
  private let format: Format
  private let level: LogLevel
  private var own: Logger.Level?

  /// - Parameter level: what all loggers of the process follow, unless one is given a level of its own.
  public init(level: LogLevel, format: Format) {
    self.level = level
    self.format = format
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let extra = event.metadata.map { metadata.merging($0) { _, new in new } } ?? metadata
    var fields = [("ts", Timestamp.now()), ("level", event.level.rawValue), ("msg", event.message.description)]
    fields += extra.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
    var line = format == .json ? LogLine.json(fields) : LogLine.logfmt(fields)
    line += "\n"
    line.withUTF8 { bytes in
      // One call a line: lines of several threads do not mix. A log that cannot be written has no place to complain.
      _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
  }
}
