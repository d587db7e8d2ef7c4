internal import JSON

/// The last watch on disk. One thread at a time.
struct WatchStore: Sendable {
  private let path: String
  private let folder: String

  init(dataDir: String) {
    folder = dataDir + "/admin"
    path = folder + "/watch.json"
  }

  /// nil when there is none, or none that can be read.
  func read() throws(DurableFile.Fault) -> Watch? {
    guard let bytes = try DurableFile.read(path) else { return nil }
    return (try? JSONValue(parsing: bytes)).flatMap(Watch.init(stored:))
  }

  func write(_ watch: Watch) throws(DurableFile.Fault) {
    try DurableFile.makeFolder(folder)
    try DurableFile.write(watch.stored.bytes(), to: path)
  }

  func remove() { DurableFile.remove(path) }
}
