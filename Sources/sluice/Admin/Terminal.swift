import Foundation
import Glibc

/// What standard output is.
enum Terminal {
  static let isTerminal = isatty(STDOUT_FILENO) == 1

  /// Colours are for terminals, and for those who want them (https://no-color.org).
  static let hasColour = isTerminal && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

  /// Columns; what goes to a file or a pipe is not cut.
  static let width: Int? = {
    guard isTerminal else { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }()

  enum Style: String { case bold = "1", dim = "2", red = "31", green = "32", yellow = "33" }

  static func styled(_ text: String, _ style: Style) -> String {
    hasColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
