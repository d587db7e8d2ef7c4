public import JSON

/// Where a configuration comes from: what the references and the relative paths in it mean.
public struct ConfigurationOrigin: Sendable {
  /// What problems call it.
  let name: String
  private let folder: String
  private let environment: [String: String]
  private let checks: RouteChecks

  public init(file: String, environment: [String: String], checks: RouteChecks) {
    name = file
    folder = TextFile.folder(of: file)
    self.environment = environment
    self.checks = checks
  }

  /// The configuration that `source` is, with the same checks as one from a file.
  ///
  /// - Parameters:
  ///   - source: with `${…}` not expanded.
  ///   - mayExpand: whether a reference, such as `${env:NAME}`, may be followed.
  /// - Throws: every mistake at once, each with its path.
  public func document(
    _ source: JSONValue, mayExpand: @escaping (String) -> Bool
  ) throws(ConfigurationErrors) -> ConfigurationDocument {
    try ConfigurationLoader.document(
      json: source, name: name, folder: folder, environment: environment, checks: checks, mayExpand: mayExpand)
  }

  func reader() -> Reader { Reader(file: name, folder: folder, checks: checks) }

  func expansion(_ mayExpand: @escaping (String) -> Bool) -> Expansion {
    Expansion(environment: environment, folder: folder, isAllowed: mayExpand)
  }
}
