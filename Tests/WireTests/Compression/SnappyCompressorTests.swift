import Memory
import Model
import TestSupport
import Testing

@testable import Wire

@Suite struct SnappyCompressorTests {
  /// Content that repeats itself, and where.
  private struct Sample: ~Copyable {
    let arena = Buffer(capacity: 16)
    var matches = Column<KnownMatch>()
    var range = ByteRange.empty

    /// Random pieces and copies, of which half are known, some as far back as there may be, behind `before` bytes that are not part of it.
    init(seed: UInt64, bytes: Int, before: Int = 0) {
      var dice = SeededGenerator(seed: seed)
      while arena.count < before { arena.append(UInt8.random(in: 0...255, using: &dice)) }
      while arena.count < before + bytes {
        let written = arena.count - before
        let count = Int.random(in: 1...(Bool.random(using: &dice) ? 20 : 200), using: &dice)
        if written == 0 || Int.random(in: 0..<3, using: &dice) == 0 {
          let letters = UInt8.random(in: 1...255, using: &dice)
          for _ in 0..<count { arena.append(UInt8.random(in: 0...letters, using: &dice)) }
        } else {
          let most = min(written, KnownMatch.most)
          let distance = Int.random(in: 1...min(most, Bool.random(using: &dice) ? 300 : most), using: &dice)
          let isKnown = Bool.random(using: &dice)
          if isKnown { matches.append(KnownMatch(start: arena.count, count: count, distance: distance)) }
          for _ in 0..<count { arena.append(arena.base[arena.count - distance]) }
        }
      }
      range = ByteRange(before, arena.count)
    }

    init(_ content: [UInt8]) {
      content.withUnsafeBytes { arena.append($0) }
      range = ByteRange(0, content.count)
    }

    var content: [UInt8] { Array(UnsafeRawBufferPointer(start: arena.base + range.start, count: range.count)) }
  }

  private func compressed(_ sample: borrowing Sample) -> [UInt8] {
    let output = Buffer(capacity: 0)
    var compressor = SnappyCompressor()
    compressor.compress(sample.arena, sample.range, matches: sample.matches, into: output)
    return output.contents
  }

  private func uncompressed(_ block: [UInt8]) throws -> [UInt8] {
    let content = Buffer(capacity: 0)
    try block.withUnsafeBytes { try Snappy.uncompress($0, into: content, limit: 64 << 20) }
    return content.contents
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `what repeats itself, known or not, is given back`(_ seed: UInt64) throws {
    let sizes = [0, 1, 3, 4, 15, 16, 17, 100, 5_000, 65_535, 65_536, 65_537, 200_000]
    let sample = Sample(seed: seed, bytes: sizes[Int(seed) % sizes.count], before: Int(seed % 3) * 100)
    #expect(try uncompressed(compressed(sample)) == sample.content)
  }

  @Test func `what repeats nothing grows by little, whatever its size`() throws {
    var dice = SeededGenerator(seed: 1)
    for size in [1, 60, 61, 256, 257, 65_536, 65_537, (1 << 24) + 1] {
      var sample = Sample([])
      for _ in 0..<(size + 7) / 8 { sample.arena.append(fixed64: dice.next()) }
      sample.range = ByteRange(0, size)
      let block = compressed(sample)
      #expect(block.count <= size + size / 1000 + 10)
      #expect(try uncompressed(block) == sample.content)
    }
  }

  @Test func `content of zeros is found to repeat itself`() throws {
    let sample = Sample([UInt8](repeating: 0, count: 100_000))
    let block = compressed(sample)
    #expect(block.count < 5_000)
    #expect(try uncompressed(block) == sample.content)
  }

  @Test func `a known match is a copy, and none of it is searched`() throws {
    let piece = (0..<64).map { UInt8($0) }
    var sample = Sample(piece + piece + [1])
    sample.matches.append(KnownMatch(start: 64, count: 64, distance: 64))
    // Length; 64 bytes as a literal with its length in a byte of its own; 64 from 64 before; one byte.
    #expect(compressed(sample) == [129, 1, 60 << 2, 63] + piece + [2 | 63 << 2, 64, 0] + [0, 1])
  }

  @Test func `matches that cannot be are passed over`() throws {
    let piece = (0..<100).map { UInt8($0) }
    var sample = Sample(piece + piece + piece + piece)
    sample.range = ByteRange(100, 350)
    let impossible = [
      // Before the range; into it; from before its start; from nowhere.
      (0, 50, 0), (90, 20, 100), (150, 50, 100), (220, 10, 0),
      // Right; within it; too short; beyond the end, by a little and by far.
      (230, 50, 100), (240, 50, 100), (290, 3, 100), (300, 51, 100), (60_000, 100, 100),
    ]
    for (start, count, distance) in impossible {
      sample.matches.append(KnownMatch(start: start, count: count, distance: distance))
    }
    #expect(try uncompressed(compressed(sample)) == sample.content)
  }

  @Test func `blocks joined behind one length are a block`() throws {
    let first = Sample(seed: 7, bytes: 70_000)
    let second = Sample(seed: 8, bytes: 3_000)
    let blocks = [compressed(first), compressed(second)]
    let joined = Buffer(capacity: 0)
    joined.append(varint: UInt64(first.range.count + second.range.count))
    for block in blocks {
      block.withUnsafeBytes { joined.append(UnsafeRawBufferPointer(rebasing: $0[Snappy.elementsOffset(in: $0)...])) }
    }
    #expect(try uncompressed(joined.contents) == first.content + second.content)
  }

  @Test func `one compressor takes one content after the other, behind what is there`() throws {
    var compressor = SnappyCompressor()
    for seed in 0..<20 as Range<UInt64> {
      let sample = Sample(seed: seed, bytes: Int(seed) * 1000)
      let output = Buffer(capacity: 0)
      output.append("before")
      compressor.compress(sample.arena, sample.range, matches: sample.matches, into: output)
      #expect(try uncompressed(Array(output.contents.dropFirst(6))) == sample.content)
    }
  }

  @Test(arguments: [([], false), ([250], false), ([246, 5], true)] as [([Int], Bool)])
  func `a quarter of the content must be known`(_ counts: [Int], _ isEnough: Bool) {
    var matches = Column<KnownMatch>()
    for (place, count) in counts.enumerated() {
      matches.append(KnownMatch(start: 10 + 300 * place, count: count, distance: 1))
    }
    let gains = SnappyCompressor.gains(by: matches, in: ByteRange(0, 1000))
    #expect(gains == isEnough)
  }
}
