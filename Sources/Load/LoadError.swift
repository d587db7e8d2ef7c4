internal import Outbound

/// Why a load or a check cannot begin, or ends early; in words for the one who started it.
public struct LoadError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

extension HTTPClientError {
  /// In words.
  var text: String {
    switch self {
    case .badURL(let text), .failed(let text): text
    case .tooLarge(let limit): "the answer has more than \(limit) bytes"
    }
  }
}
