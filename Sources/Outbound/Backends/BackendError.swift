/// What is wrong with the options of a backend.
public struct BackendError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The key below the backend, as in the configuration: `headers`, `tls.key_file`.
  public let key: String
  public let problem: String

  public init(_ key: String, _ problem: String) {
    self.key = key
    self.problem = problem
  }

  public var description: String { "\(key): \(problem)" }
}
