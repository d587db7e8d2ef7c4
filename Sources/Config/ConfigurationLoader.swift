public import JSON

/// Makes a `Configuration` of YAML (or JSON, which is YAML). Reads files, keeps nothing; any thread.
public enum ConfigurationLoader {
  /// Bytes of a configuration or of a file that it includes.
  static let largestFile = 16 << 20

  /// The configuration in `file`.
  ///
  /// - Parameters:
  ///   - environment: what `${env:NAME}` expands from.
  ///   - checks: what selectors, regexes and templates must satisfy.
  /// - Throws: every mistake at once, each with its place; also when the file cannot be read.
  public static func load(
    file: String, environment: [String: String], checks: RouteChecks = RouteChecks()
  ) throws(ConfigurationErrors) -> Configuration {
    try document(file: file, environment: environment, checks: checks).configuration
  }

  /// The same, with the text that it came from.
  public static func document(
    file: String, environment: [String: String], checks: RouteChecks = RouteChecks()
  ) throws(ConfigurationErrors) -> ConfigurationDocument {
    let text: String
    do {
      text = try TextFile.read(file, limit: largestFile)
    } catch {
      let problem = ConfigurationProblem(file: file, position: nil, path: DocumentPath(), message: error.message)
      throw ConfigurationErrors(problems: [problem])
    }
    return try document(
      text: text, name: file, folder: TextFile.folder(of: file), environment: environment, checks: checks)
  }

  /// The configuration in `text`.
  ///
  /// - Parameters:
  ///   - name: what problems call the text.
  ///   - folder: what relative paths in it start from.
  /// - Throws: every mistake at once, each with its place.
  public static func load(
    text: String, name: String, folder: String = ".", environment: [String: String],
    checks: RouteChecks = RouteChecks()
  ) throws(ConfigurationErrors) -> Configuration {
    try document(text: text, name: name, folder: folder, environment: environment, checks: checks).configuration
  }

  /// The same, with the text that it came from.
  public static func document(
    text: String, name: String, folder: String = ".", environment: [String: String],
    checks: RouteChecks = RouteChecks()
  ) throws(ConfigurationErrors) -> ConfigurationDocument {
    let reader = Reader(file: name, folder: folder, checks: checks)
    let expansion = Expansion(environment: environment, folder: folder)
    guard let root = Composer(reader: reader, expansion: expansion).compose(text) else { throw reader.errors }
    let configuration = try read(root, reader)
    let source = SourceWriter(kinds: reader.kinds).json(root)
    return ConfigurationDocument(configuration, source: source, sensitive: reader.sensitive)
  }

  /// The configuration that `source` is, with the same checks as one from a file.
  ///
  /// - Parameters:
  ///   - source: with `${…}` not expanded.
  ///   - name: what problems call it.
  ///   - folder: what relative paths in it start from.
  ///   - mayExpand: whether a reference, such as `${env:NAME}`, may be followed.
  /// - Throws: every mistake at once, each with its path.
  public static func document(
    json source: JSONValue, name: String, folder: String = ".", environment: [String: String],
    checks: RouteChecks = RouteChecks(), mayExpand: @escaping (String) -> Bool = { _ in true }
  ) throws(ConfigurationErrors) -> ConfigurationDocument {
    let reader = Reader(file: name, folder: folder, checks: checks)
    let expansion = Expansion(environment: environment, folder: folder, isAllowed: mayExpand)
    let root = JSONComposer(reader: reader, expansion: expansion).node(source)
    let configuration = try read(root, reader)
    return ConfigurationDocument(configuration, source: source, sensitive: reader.sensitive)
  }

  static func read(_ root: Node, _ reader: Reader) throws(ConfigurationErrors) -> Configuration {
    guard var configuration = Configuration.reading.read(root, reader), reader.problems.isEmpty else {
      throw reader.errors
    }
    configuration.warnings = reader.sortedWarnings
    return configuration
  }
}
