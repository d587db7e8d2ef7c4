/// A stretch of an arena: where a string, a label block or a series lies. Offsets are 32 bits, so an arena holds at most 4 GiB.
public struct ByteRange: BitwiseCopyable, Equatable, Sendable {
  public var offset: UInt32
  public var length: UInt32

  @inlinable public init(offset: UInt32, length: UInt32) {
    self.offset = offset
    self.length = length
  }

  @inlinable public init(_ start: Int, _ end: Int) {
    offset = UInt32(truncatingIfNeeded: start)
    length = UInt32(truncatingIfNeeded: end &- start)
  }

  @inlinable public static var empty: ByteRange { ByteRange(offset: 0, length: 0) }
  @inlinable public var start: Int { Int(offset) }
  @inlinable public var end: Int { Int(offset) &+ Int(length) }
  @inlinable public var count: Int { Int(length) }
  @inlinable public var isEmpty: Bool { length == 0 }
}
