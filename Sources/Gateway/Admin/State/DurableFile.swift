internal import Glibc

/// Small files that are there whole or not at all, whatever ends the process or the machine.
enum DurableFile {
  /// Why a file could not be written or read, in the system's words.
  struct Fault: Error, CustomStringConvertible {
    let description: String
    /// Whether there is no room.
    let isFull: Bool

    init(_ path: String, _ description: String) {
      self.description = "\(path): \(description)"
      isFull = false
    }

    fileprivate init(_ path: String) {
      isFull = errno == ENOSPC || errno == EDQUOT
      description = "\(path): \(String(cString: strerror(errno)))"
    }
  }

  /// Makes the folder and those above it.
  static func makeFolder(_ path: String) throws(Fault) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw Fault(path) }
    try makeFolder(String(path[..<slash]))
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Fault(path) }
  }

  /// Puts `bytes` in the place of what the file held. It is on disk when this returns.
  static func write(_ bytes: [UInt8], to path: String) throws(Fault) {
    let unfinished = path + ".unfinished"
    do throws(Fault) {
      try put(bytes, in: unfinished, O_CREAT | O_TRUNC)
      guard rename(unfinished, path) == 0 else { throw Fault(path) }
      try syncFolder(of: path)
    } catch {
      unlink(unfinished)
      throw error
    }
  }

  /// Puts `bytes` behind what the file holds. They are on disk when this returns.
  static func append(_ bytes: [UInt8], to path: String) throws(Fault) {
    try put(bytes, in: path, O_CREAT | O_APPEND)
  }

  /// nil when there is no such file.
  static func read(_ path: String) throws(Fault) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    if file < 0, errno == ENOENT { return nil }
    guard file >= 0 else { throw Fault(path) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Fault(path) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// The names in a folder; none when it is not there.
  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  static func remove(_ path: String) { unlink(path) }

  static func move(_ path: String, to other: String) throws(Fault) {
    guard rename(path, other) == 0 || errno == ENOENT else { throw Fault(path) }
  }

  private static func put(_ bytes: [UInt8], in path: String, _ flags: Int32) throws(Fault) {
    let file = open(path, O_WRONLY | O_CLOEXEC | flags, 0o600)
    guard file >= 0 else { throw Fault(path) }
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Fault(path) }
      rest = rest.dropFirst(count)
    }
    guard fsync(file) == 0 else { throw Fault(path) }
  }

  private static func syncFolder(of path: String) throws(Fault) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw Fault(folder) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw Fault(folder) }
  }
}
