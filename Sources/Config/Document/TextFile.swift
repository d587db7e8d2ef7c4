import Glibc

/// A small file of UTF-8 text.
enum TextFile {
  /// - Throws: `Complaint` in the system's words when it cannot be read, is larger than `limit` or not UTF-8.
  static func read(_ path: String, limit: Int) throws(Complaint) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Complaint(failure) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Complaint(failure) }
      guard count > 0 else { break }
      bytes += chunk[..<count]
      guard bytes.count <= limit else { throw Complaint("cannot be read: it is larger than \(limit) bytes") }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Complaint("cannot be read: not UTF-8") }
    return text
  }

  static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// `path`, taken from `folder` unless it is absolute.
  static func resolve(_ path: String, in folder: String) -> String {
    if path.hasPrefix("/") || folder == "." { return path }
    return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
  }

  private static var failure: String { "cannot be read: " + String(cString: strerror(errno)) }
}
