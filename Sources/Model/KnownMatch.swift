/// Bytes of an arena that equal those `distance` before them, known to whoever wrote them, so that a compressor need not
/// search nor compare.
public struct KnownMatch: BitwiseCopyable, Equatable, Sendable {
  /// As many bytes must they be to be worth a copy.
  public static let leastCount = 4
  /// As far back and as many: what 16 bits hold, and what a copy of snappy reaches.
  public static let most = Int(UInt16.max)

  public var offset: UInt32
  public var length: UInt16
  public var distance: UInt16

  /// All three in bytes; `count` and `distance` at most `most`.
  @inlinable public init(start: Int, count: Int, distance: Int) {
    offset = UInt32(truncatingIfNeeded: start)
    length = UInt16(truncatingIfNeeded: count)
    self.distance = UInt16(truncatingIfNeeded: distance)
  }

  @inlinable public var start: Int { Int(offset) }
  @inlinable public var count: Int { Int(length) }
  @inlinable public var end: Int { Int(offset) &+ Int(length) }
}
