/// Where in its lane a block stands. Opaque: only the order within one lane means anything.
public struct Position: Comparable, Hashable, Sendable {
  let order: UInt64

  /// For implementations of `Spool`: a sequence number, or a segment and an offset.
  public init(order: UInt64) { self.order = order }

  public static func < (left: Position, right: Position) -> Bool { left.order < right.order }
}
