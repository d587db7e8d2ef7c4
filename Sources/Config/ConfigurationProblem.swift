/// One thing that is wrong, or suspicious, in a configuration, and where it stands.
public struct ConfigurationProblem: Equatable, Sendable, CustomStringConvertible {
  /// The name of the text as it was given to the loader, most often a file's path.
  public var file: String
  /// nil when it is about the file as a whole.
  public var position: Position?
  public var path: DocumentPath
  /// Plain words, without the values of secrets.
  public var message: String

  public struct Position: Hashable, Comparable, Sendable {
    /// From 1.
    public var line: Int
    /// Unicode scalars from 1.
    public var column: Int

    public init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }

    public static func < (left: Self, right: Self) -> Bool { (left.line, left.column) < (right.line, right.column) }
  }

  public init(file: String, position: Position?, path: DocumentPath, message: String) {
    self.file = file
    self.position = position
    self.path = path
    self.message = message
  }

  /// `file:line:column: path: message`
  public var description: String {
    let place = position.map { "\(file):\($0.line):\($0.column)" } ?? file
    return path.steps.isEmpty ? "\(place): \(message)" : "\(place): \(path): \(message)"
  }
}

/// All that is wrong in a configuration, in the order of the text. Never empty.
public struct ConfigurationErrors: Error, Equatable, Sendable, CustomStringConvertible {
  public let problems: [ConfigurationProblem]

  /// One problem a line.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
