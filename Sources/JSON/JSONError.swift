/// Why a text was refused as JSON, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// From 1.
  public var line: Int
  /// Characters from 1, at the end of what could not be taken; 0 when the line is empty up to there.
  public var column: Int
  /// Plain words for a person.
  public var message: String

  public init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }

  public var description: String { "line \(line), column \(column): \(message)" }
}
