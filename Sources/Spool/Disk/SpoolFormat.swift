internal import Logging

/// The door of a spool's directory: one process at a time, and only one that knows what is written there.
enum SpoolFormat {
  /// Goes up when an older version could not read what is written.
  private static let version = 1

  /// Makes the folders, locks them and looks at the format.
  /// - Returns: the lock, which lasts as long as it is held.
  static func enter(_ folders: SpoolFolders, disk: any Disk, damages: Damages) throws(SpoolError) -> any DiskFile {
    let lock: any DiskFile
    let isLocked: Bool
    do throws(DiskError) {
      for folder in [folders.root, folders.segments, folders.deadLetters] { try disk.createFolder(folder) }
      lock = try disk.open(folders.lock, .create)
      isLocked = try lock.lock()
    } catch {
      throw .disk("\(error)")
    }
    guard isLocked else { throw .locked(directory: folders.root) }
    let found: Int?
    do throws(DiskError) {
      found = try prepare(folders, disk: disk, damages: damages)
    } catch {
      throw .disk("\(error)")
    }
    if let found, found != version { throw .format(directory: folders.root, found: found) }
    return lock
  }

  /// A version, and the checksum that tells it from a damaged one.
  static func line(_ version: Int) -> String {
    let text = "sluice spool \(version)"
    return "\(text) \(String(Checksum.of(Array(text.utf8)), radix: 16))\n"
  }

  /// Writes the format where it is not to be read.
  /// - Returns: the version that was written there.
  private static func prepare(
    _ folders: SpoolFolders, disk: any Disk, damages: Damages
  ) throws(DiskError) -> Int? {
    let file = try disk.open(folders.format, .create)
    let text = String(decoding: try file.bytes(at: 0, count: 1024), as: UTF8.self)
    let words = text.split(whereSeparator: \.isWhitespace)
    if words.count == 4, let version = Int(words[2]), line(version) == text { return version }
    // Empty, or cut off, when the power went as the directory was made.
    if !line(version).hasPrefix(text) { damages.report(folders.format, "the format of the spool cannot be read") }
    try file.truncate(0)
    try file.write(Array(line(version).utf8), at: 0)
    try file.sync()
    try disk.syncFolder(folders.root)
    return nil
  }
}
