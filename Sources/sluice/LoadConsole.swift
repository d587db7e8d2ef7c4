import ArgumentParser
import Glibc
import JSON
import Load

extension Console {
  /// Puts a line in place of the one where the cursor is.
  static func over(_ line: String) {
    var text = "\r" + line + "\u{1B}[K"
    text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// How results are shown.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}

/// Files that are written whole or not at all.
enum OutputFile {
  /// - Throws: `LoadError` with the system's reason.
  static func write(_ json: JSONValue, to path: String) throws(LoadError) {
    let unfinished = path + ".unfinished"
    guard let file = fopen(unfinished, "w") else { throw failure(path) }
    let bytes = json.bytes() + [UInt8(ascii: "\n")]
    let isWritten = fwrite(bytes, 1, bytes.count, file) == bytes.count
    guard fclose(file) == 0, isWritten, rename(unfinished, path) == 0 else {
      let error = failure(path)
      unlink(unfinished)
      throw error
    }
  }

  private static func failure(_ path: String) -> LoadError {
    LoadError("\(path) cannot be written: \(String(cString: strerror(errno)))")
  }
}
