/// A hash of bytes that nobody can steer who does not know its seed, which is drawn when it is made.
///
/// Multiplies 64 by 64 bits and folds the halves, sixteen bytes a step; never reads beyond the end.
struct ByteHash: Sendable {
  private let seed: UInt64
  private let secret: UInt64

  init() {
    var random = SystemRandomNumberGenerator()
    seed = random.next()
    secret = random.next() | 1
  }

  @inline(__always) func callAsFunction(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    var state = seed ^ UInt64(truncatingIfNeeded: count)
    let raw = UnsafeRawPointer(bytes)
    if count <= 16 {
      let (low, high) = Self.short(raw, count)
      return mix(low ^ secret, high ^ state)
    }
    var at = 0
    while at &+ 16 < count {
      state = mix(Self.word(raw, at) ^ secret, Self.word(raw, at &+ 8) ^ state)
      at &+= 16
    }
    return mix(Self.word(raw, count &- 16) ^ secret, Self.word(raw, count &- 8) ^ state)
  }

  /// One hash of what several hashes and numbers stand for.
  @inline(__always) func combine(_ left: UInt64, _ right: UInt64) -> UInt64 {
    mix(left ^ secret, right ^ seed)
  }

  @inline(__always) private func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    // A factor of zero would swallow the other one, so neither product stands alone.
    let (high, low) = (left ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: right ^ seed)
    let (second, first) = (low ^ secret).multipliedFullWidth(by: high ^ 0xD6E8_FEB8_6659_FD93)
    return second ^ first ^ left &+ right
  }

  @inline(__always) private static func word(_ raw: UnsafeRawPointer, _ at: Int) -> UInt64 {
    raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
  }

  @inline(__always) private static func short(_ raw: UnsafeRawPointer, _ count: Int) -> (UInt64, UInt64) {
    if count >= 8 { return (word(raw, 0), word(raw, count &- 8)) }
    if count >= 4 {
      return (
        UInt64(raw.loadUnaligned(as: UInt32.self)),
        UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
      )
    }
    if count == 0 { return (0, 0) }
    let first = UInt64(raw.load(as: UInt8.self))
    let middle = UInt64(raw.load(fromByteOffset: count &>> 1, as: UInt8.self))
    let last = UInt64(raw.load(fromByteOffset: count &- 1, as: UInt8.self))
    return (first &<< 16 | middle &<< 8 | last, 0)
  }
}
