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
    let text: String
    do {
      text = try TextFile.read(file, limit: largestFile)
    } catch {
      let problem = ConfigurationProblem(file: file, position: nil, path: "", message: error.message)
      throw ConfigurationErrors(problems: [problem])
    }
    return try load(
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
    let reader = Reader(file: name, folder: folder, checks: checks)
    let expansion = Expansion(environment: environment, folder: folder)
    let configuration = Composer(reader: reader, expansion: expansion).compose(text)
      .flatMap { Configuration.reading.read($0, reader) }
    guard var configuration, reader.problems.isEmpty else { throw reader.errors }
    configuration.warnings = reader.sortedWarnings
    return configuration
  }
}
