/// The answer by which a backend will never take something.
public struct Refusal: Equatable, Sendable {
  /// What is wrong with what was sent, as far as the answer tells.
  public enum Fault: Equatable, Sendable {
    /// Some of its series. Whether the others were written nobody says.
    case series
    /// Some of its series. The backend has written all others.
    case seriesAlone
    /// It is more than the backend takes at once.
    case size
    /// Nothing that less of it would mend.
    case request
  }

  /// 0 where the backend was not even asked.
  public var status: Int
  /// In the backend's own words.
  public var reason: String
  public var fault: Fault

  public init(status: Int, reason: String, fault: Fault = .series) {
    self.status = status
    self.reason = reason
    self.fault = fault
  }

  /// Whether the backend has newer samples, or the very same time with another value: what it says as well to what it has
  /// written itself.
  var isAboutOrder: Bool { Self.wordsAboutOrder.contains { reason.contains($0) } }

  private static let wordsAboutOrder = ["out of order", "out-of-order", "out of bounds", "duplicate sample", "too old"]
}
