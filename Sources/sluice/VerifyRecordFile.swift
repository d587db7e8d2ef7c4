import Foundation
import JSON
import Load

/// A file that `sluice load --record` has written.
struct RecordFile {
  private let path: String

  init(_ path: String) { self.path = path }

  /// - Throws: `LoadError` that names the file.
  func load() throws(LoadError) -> LoadRecord {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw LoadError("\(path) cannot be read: \(error.fileFault)")
    }
    do {
      return try LoadRecord(JSONValue(parsing: bytes, limits: JSONLimits(size: .max)))
    } catch {
      throw LoadError("\(path): \(error)")
    }
  }
}
