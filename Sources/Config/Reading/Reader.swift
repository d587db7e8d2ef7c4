/// What one load has found out so far: the problems, and what later parts of the document refer to. Used by one thread.
final class Reader {
  typealias Position = ConfigurationProblem.Position

  let file: String
  /// What relative paths start from.
  let folder: String
  let checks: RouteChecks
  private(set) var problems: [ConfigurationProblem] = []
  private(set) var warnings: [ConfigurationProblem] = []
  /// What the values of the document are, as far as they have been read.
  private(set) var kinds: [DocumentPath: ScalarKind] = [:]
  /// The names that `send` may use; nil as long as there is no telling.
  var backendNames: [String]?
  /// Whether the document has no routes because they are known already.
  var leavesOutRoutes = false

  init(file: String, folder: String, checks: RouteChecks) {
    self.file = file
    self.folder = folder
    self.checks = checks
  }

  func report(_ message: String, at position: Position?, path: DocumentPath) {
    problems.append(ConfigurationProblem(file: file, position: position, path: path, message: message))
  }

  func report(_ message: String, at node: Node) { report(message, at: node.position, path: node.path) }

  func warn(_ message: String, at node: Node) {
    warnings.append(ConfigurationProblem(file: file, position: node.position, path: node.path, message: message))
  }

  /// Text is what is not noted: most values are.
  func note(_ kind: ScalarKind, at node: Node) {
    if kind != .text { kinds[node.path] = kind }
  }

  /// Where secrets stand, and URLs that may hold one.
  var sensitive: [DocumentPath: ScalarKind] { kinds.filter { $0.value == .secret || $0.value == .url } }

  var errors: ConfigurationErrors { ConfigurationErrors(problems: Self.sorted(problems)) }
  var sortedWarnings: [ConfigurationProblem] { Self.sorted(warnings) }

  /// In the order of the text; at one place as they were found.
  private static func sorted(_ problems: [ConfigurationProblem]) -> [ConfigurationProblem] {
    let start = Position(line: 0, column: 0)
    return problems.enumerated()
      .sorted { ($0.element.position ?? start, $0.offset) < ($1.element.position ?? start, $1.offset) }
      .map(\.element)
  }
}
