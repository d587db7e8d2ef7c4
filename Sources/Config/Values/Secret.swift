/// Text that no dump, log or error shows: every description of it is `<secret>`.
public struct Secret: Equatable, Sendable {
  /// The text itself. Hand it to whom it is meant for, nowhere else.
  public let exposed: String

  public init(_ text: String) { exposed = text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "<secret>" }
  public var debugDescription: String { description }
  /// Empty, or `dump` would look inside.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
