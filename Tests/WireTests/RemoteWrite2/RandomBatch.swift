import Memory
import Model
import TestSupport

@testable import Wire

/// Writes random bodies of remote-write 1.0 in canonical form, of what both versions can carry.
struct RandomBatch {
  private let builder = WriteRequestBuilder()
  private var random: SeededGenerator

  static func body(seed: UInt64) -> [UInt8] {
    var batch = RandomBatch(seed)
    for _ in 0..<Int.random(in: 0...12, using: &batch.random) { batch.addSeries() }
    return batch.builder.body
  }

  private init(_ seed: UInt64) { random = SeededGenerator(seed: seed) }

  private mutating func addSeries() {
    let bytes = builder.bytes
    let start = bytes.beginMessage(tag: 0x0A)
    var names = Set(["__name__"])
    for _ in 0..<Int.random(in: 0...6, using: &random) { names.insert(text("abcde_Ü")) }
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { builder.label(name, text("xyz€/ ")) }
    let isHistogram = Bool.random(using: &random)
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      if isHistogram { addHistogram() } else { addSample() }
    }
    for _ in 0..<Int.random(in: 0...2, using: &random) { addExemplar() }
    bytes.endMessage(start)
  }

  private mutating func text(_ letters: String) -> String {
    let letters = Array(letters)
    let count = Int.random(in: 0...20, using: &random) == 0 ? 200 : Int.random(in: 1...12, using: &random)
    return String((0..<count).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] })
  }

  private mutating func number() -> UInt64 { random.next() >> UInt64.random(in: 0..<64, using: &random) }

  private mutating func addSample() {
    let start = builder.bytes.beginMessage(tag: 0x12)
    builder.bytes.append(tag: 0x09, fixed64: random.next())
    builder.bytes.append(tag: 0x10, varint: number())
    if Bool.random(using: &random) { builder.bytes.append(tag: 0x18, varint: number()) }
    builder.bytes.endMessage(start)
  }

  private mutating func addExemplar() {
    let start = builder.bytes.beginMessage(tag: 0x1A)
    for _ in 0..<Int.random(in: 0...2, using: &random) { builder.label(text("ab"), text("01")) }
    builder.bytes.append(tag: 0x11, fixed64: random.next())
    builder.bytes.append(tag: 0x18, varint: number())
    builder.bytes.endMessage(start)
  }

  private mutating func addHistogram() {
    let bytes = builder.bytes
    let start = bytes.beginMessage(tag: 0x22)
    bytes.append(tag: 0x08, varint: number())
    bytes.append(tag: 0x19, fixed64: random.next())
    bytes.append(tag: 0x20, varint: number() & 0xF)
    let span = bytes.beginMessage(tag: 0x5A)
    bytes.append(tag: 0x08, varint: number())
    bytes.append(tag: 0x10, varint: 2)
    bytes.endMessage(span)
    let deltas = bytes.beginMessage(tag: 0x62)
    for _ in 0..<2 { bytes.append(varint: number()) }
    bytes.endMessage(deltas)
    bytes.append(tag: 0x78, varint: number())
    if Bool.random(using: &random) { bytes.append(tag: 0x88, varint: number() | 1) }
    bytes.endMessage(start)
  }
}
