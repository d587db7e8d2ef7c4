/// How much JSON is read. Text past a limit is refused before anything is built from it.
public struct JSONLimits: Equatable, Sendable {
  /// Bytes of text.
  public var size: Int
  /// Arrays and objects inside each other; `[[]]` is two deep. Above 1,000 the limit is 1,000.
  public var depth: Int

  public init(size: Int = 16 << 20, depth: Int = 64) {
    self.size = size
    self.depth = min(depth, 1000)
  }
}
