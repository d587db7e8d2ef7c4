internal import Logging
internal import Synchronization

/// Tells of what could not be read, and sets its bytes aside for inspection. Any thread.
final class Damages: Sendable {
  private let disk: any Disk
  private let folder: String
  private let logger: Logger
  private let state = Mutex(State())

  private struct State {
    var count = 0
    var setAside = 0
  }

  /// What is kept for inspection, in all: a broken disk must not fill another one.
  private static let mostKept = 256 << 20
  private static let mostOfOne = 16 << 20

  init(_ folder: String, disk: any Disk, logger: Logger) {
    self.folder = folder
    self.disk = disk
    self.logger = logger
  }

  /// Since the spool was opened.
  var count: Int { state.withLock { $0.count } }

  func report(_ file: any DiskFile, _ ranges: [Range<Int>]) {
    for range in ranges { report(file, range, "part of the spool cannot be read") }
  }

  func report(_ file: any DiskFile, _ range: Range<Int>, _ what: String) {
    report(file.path, what, ["offset": "\(range.lowerBound)", "bytes": "\(range.count)"])
    setAside(file, range)
  }

  func report(_ path: String, _ what: String, _ more: Logger.Metadata = [:]) {
    state.withLock { $0.count += 1 }
    logger.error("\(what)", metadata: ["file": "\(path)"].merging(more) { first, _ in first })
  }

  private func setAside(_ file: any DiskFile, _ range: Range<Int>) {
    let count = min(range.count, Self.mostOfOne)
    let isRoom = state.withLock { state in
      guard state.setAside + count <= Self.mostKept else { return false }
      state.setAside += count
      return true
    }
    guard isRoom else { return }
    let name = file.path.split(separator: "/").last ?? "file"
    do throws(DiskError) {
      let bytes = try file.bytes(at: range.lowerBound, count: count)
      try disk.createFolder(folder)
      try disk.open("\(folder)/\(name)-\(range.lowerBound)", .create).write(bytes, at: 0)
    } catch {
      logger.warning("what cannot be read could not be set aside", metadata: ["error": "\(error)"])
    }
  }
}
