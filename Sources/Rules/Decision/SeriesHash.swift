/// The identity of a label block under one plan, as 128 bits.
///
/// Two blocks that agree in all of them are taken for the same, so a collision would route one series by another's
/// decision: 64 bits would not do. The key is drawn at random for each plan; with a known one, collisions could be made
/// at will.
struct SeriesHash: BitwiseCopyable, Equatable {
  var low: UInt64
  var high: UInt64

  /// The secret words that make a hash unpredictable.
  struct Key: BitwiseCopyable, Sendable {
    fileprivate let words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

    static func random() -> Key {
      func word() -> UInt64 { UInt64.random(in: .min ... .max) }
      return Key(words: (word(), word(), word(), word(), word(), word()))
    }

    /// Known to all, for what has to come out the same in every process. Never to be changed: series would be sampled
    /// otherwise, and change their lanes. The words are the first digits of pi.
    static let fixed = Key(
      words: (
        0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344, 0xA409_3822_299F_31D0, 0x082E_FA98_EC4E_6C89,
        0x4528_21E6_38D0_1377, 0xBE54_66CF_34E9_0C6C
      ))

    /// The key for what is told apart by `other` as well.
    func salted(by other: SeriesHash) -> Key {
      Key(
        words: (
          words.0 ^ other.low, words.1 ^ other.high, words.2, words.3, words.4 ^ other.high, words.5 ^ other.low
        ))
    }
  }

  /// Hashes the bytes as they lie, by 64×64→128-bit multiplication over 32 bytes a step.
  /// Reads up to 32 bytes past the end (`Buffer.slack`), and masks them out.
  @inline(__always)
  init(_ bytes: UnsafeRawPointer, count: Int, key: Key) {
    var left = key.words.0
    var right = key.words.1 ^ UInt64(truncatingIfNeeded: count)
    var position = 0
    while position &+ 32 <= count {
      left = Self.mix(Self.word(bytes, position) ^ left, Self.word(bytes, position &+ 8) ^ key.words.2)
      right = Self.mix(Self.word(bytes, position &+ 16) ^ right, Self.word(bytes, position &+ 24) ^ key.words.3)
      position &+= 32
    }
    let rest = count &- position
    if rest > 0 {
      left = Self.mix(
        Self.word(bytes, position, keeping: rest) ^ left,
        Self.word(bytes, position &+ 8, keeping: rest &- 8) ^ key.words.2)
      right = Self.mix(
        Self.word(bytes, position &+ 16, keeping: rest &- 16) ^ right,
        Self.word(bytes, position &+ 24, keeping: rest &- 24) ^ key.words.3)
    }
    let product = (left ^ key.words.4).multipliedFullWidth(by: right ^ key.words.5)
    low = product.low ^ left
    high = product.high ^ right
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawPointer, _ position: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
  }

  /// The word at `position` of which only the first `rest` bytes count; zero where none does.
  @inline(__always)
  private static func word(_ bytes: UnsafeRawPointer, _ position: Int, keeping rest: Int) -> UInt64 {
    if rest <= 0 { return 0 }
    let word = word(bytes, position)
    return rest >= 8 ? word : word & ~(UInt64.max &<< (UInt64(truncatingIfNeeded: rest) &* 8))
  }

  @inline(__always)
  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
