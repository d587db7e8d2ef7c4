internal import JSON
internal import Synchronization

/// What was done over the admin API, a line of JSON each, in two files of bounded size. Any thread.
final class AuditTrail: Sendable {
  /// Bytes of a file; then it becomes the older one, and the one that was it is gone.
  static let mostBytes = 8 << 20

  private let folder: String
  private let size = Mutex<Int?>(nil)

  init(dataDir: String) { folder = dataDir + "/admin" }

  func append(_ record: JSONObject) throws(DurableFile.Fault) {
    let line = JSONValue.object(record).bytes() + [UInt8(ascii: "\n")]
    try size.withLock { size throws(DurableFile.Fault) in
      try DurableFile.makeFolder(folder)
      var bytes = size ?? 0
      if size == nil { bytes = try DurableFile.read(current)?.count ?? 0 }
      if bytes + line.count > Self.mostBytes {
        try DurableFile.move(current, to: older)
        bytes = 0
      }
      try DurableFile.append(line, to: current)
      size = bytes + line.count
    }
  }

  /// The newest first. A line that a crash has cut short is left out.
  func records() throws(DurableFile.Fault) -> [JSONValue] {
    try size.withLock { _ throws(DurableFile.Fault) in
      var records: [JSONValue] = []
      for file in [older, current] {
        let lines = try DurableFile.read(file)?.split(separator: UInt8(ascii: "\n")) ?? []
        records += lines.compactMap { try? JSONValue(parsing: $0) }
      }
      return records.reversed()
    }
  }

  private var current: String { folder + "/audit.jsonl" }
  private var older: String { folder + "/audit.1.jsonl" }
}
