import CPlatform

/// Writes elements of a snappy block, where there is room for `mostBytes(of:)`.
///
/// A literal is a tag, the length where the tag cannot hold it, and the bytes. A copy is at most 64 bytes from at most
/// 65,535 before; short and near ones take two bytes, all others three.
struct SnappyElements {
  private(set) var end: UnsafeMutablePointer<UInt8>

  private static let longestCopy = 64
  /// Of copies in two bytes.
  private static let longestNear = 11
  private static let farthestNear = 2047

  init(at start: UnsafeMutablePointer<UInt8>) { end = start }

  /// No less than the elements of `count` bytes take whose copies are all of four bytes and more, with the slack that
  /// `literal` writes over.
  static func mostBytes(of count: Int) -> Int { 64 + count + count / 6 }

  /// The bytes from `start`, of which there is at least one; reads and writes up to 31 beyond.
  @inline(__always) mutating func literal(_ start: UnsafePointer<UInt8>, _ count: Int) {
    let length = UInt32(truncatingIfNeeded: count &- 1)
    if length < 60 {
      end.put(UInt8(truncatingIfNeeded: length &<< 2))
    } else {
      putLong(length)
    }
    sluice_copy32(end, start, UInt64(truncatingIfNeeded: count))
    end += count
  }

  @inline(never) private mutating func putLong(_ length: UInt32) {
    let bytes = 4 - length.leadingZeroBitCount / 8
    end.put(UInt8(truncatingIfNeeded: (59 + bytes) << 2))
    for place in 0..<bytes { end.put(UInt8(truncatingIfNeeded: length >> UInt32(8 * place))) }
  }

  /// `count` bytes, at least one, from `distance` before.
  @inline(__always) mutating func copy(_ count: Int, from distance: Int) {
    var rest = count
    // What remains is never less than four, where it was more.
    while rest >= Self.longestCopy &+ 4 {
      put(Self.longestCopy, from: distance)
      rest &-= Self.longestCopy
    }
    if rest > Self.longestCopy {
      put(Self.longestCopy &- 4, from: distance)
      rest &-= Self.longestCopy &- 4
    }
    if rest >= 4, rest <= Self.longestNear, distance <= Self.farthestNear {
      end.put(UInt8(truncatingIfNeeded: 1 | (rest &- 4) &<< 2 | (distance &>> 8) &<< 5))
      end.put(UInt8(truncatingIfNeeded: distance))
    } else {
      put(rest, from: distance)
    }
  }

  @inline(__always) private mutating func put(_ count: Int, from distance: Int) {
    let bits = UInt32(truncatingIfNeeded: 2 | (count &- 1) &<< 2 | distance &<< 8)
    UnsafeMutableRawPointer(end).storeBytes(of: bits.littleEndian, as: UInt32.self)
    end += 3
  }
}
