internal import Memory
internal import Model

/// What a series is by its labels alone, the same in every process and for ever: by it series are sampled and spread over
/// lanes. One thread.
struct SeriesIdentity: ~Copyable {
  private let text = Buffer(capacity: 1024)

  /// A hash of `labels` without the one called `left`, which tells replicas of one series apart.
  mutating func hash(_ labels: LabelBlock, without left: UnsafeRawBufferPointer?) -> UInt64 {
    guard let left, labels.value(of: left) != nil else { return Self.hash(labels.bytes) }
    text.count = 0
    for label in labels where !label.name.hasSameBytes(as: left) { LabelEncoding.append(label, to: text) }
    return Self.hash(text.bytes)
  }

  /// `bytes` has `Buffer.slack` behind it.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    guard let start = bytes.baseAddress else { return 0 }
    let hash = SeriesHash(start, count: bytes.count, key: .fixed)
    return spread(hash.low ^ hash.high)
  }

  /// Every bit of the result depends on every bit of `word`: the halves of a hash tell series apart, but a half by itself is
  /// not spread evenly. The finaliser of MurmurHash3.
  private static func spread(_ word: UInt64) -> UInt64 {
    var word = word
    word = (word ^ word >> 33) &* 0xFF51_AFD7_ED55_8CCD
    word = (word ^ word >> 33) &* 0xC4CE_B9FE_1A85_EC53
    return word ^ word >> 33
  }
}

/// A part of all series, chosen by what they are.
struct Sampling: Sendable {
  private let threshold: UInt64

  /// - Parameter part: above 0 and below 1.
  init?(_ part: Double?) {
    guard let part, part < 1 else { return nil }
    threshold = UInt64(max(part, 0) * 0x1p64)
  }

  /// Whether the series of this identity belongs to it. What belongs to a smaller part belongs to a larger one.
  func contains(_ identity: UInt64) -> Bool { identity < threshold }
}
