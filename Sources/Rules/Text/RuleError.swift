/// Why a rule cannot be compiled: where in it, and what is wrong, in words for the one who wrote it.
public struct RuleError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The field at fault, as `match.tenant[1]`; empty where the rule is one text.
  public var path: String
  /// The character at which the text goes wrong, counted from 1; nil where the whole of it is meant.
  public var position: Int?
  public var reason: String

  public init(path: String = "", position: Int? = nil, reason: String) {
    self.path = path
    self.position = position
    self.reason = reason
  }

  /// The reason and its position, without the path.
  public var message: String {
    guard let position else { return reason }
    return "at character \(position): \(reason)"
  }

  public var description: String { path.isEmpty ? message : "\(path): \(message)" }

  /// The same error, seen from one level further out.
  public func inside(_ outer: String) -> RuleError {
    let separator = path.isEmpty || path.hasPrefix("[") ? "" : "."
    return RuleError(path: outer + separator + path, position: position, reason: reason)
  }
}
