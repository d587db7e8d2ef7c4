public import Logging
import Synchronization

/// The lines that were logged.
public final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])
  public var all: [String] { lines.withLock { $0 } }
  fileprivate func add(_ line: String) { lines.withLock { $0.append(line) } }

  public init() {}

  public var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

  private struct Handler: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      lines.add("\(event.level): \(event.message) \(event.metadata ?? [:])")
    }
  }
}
