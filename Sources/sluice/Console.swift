import Glibc

/// Words for the one at the terminal.
enum Console {
  /// A line to standard error, where it does not mix with results.
  static func error(_ line: String) {
    var line = line + "\n"
    line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
