import Memory
import Model
import TestSupport

@testable import Rules

/// A canonical block made by the plainest means, and the memory it lies in.
final class TestBlock {
  private let owned: OwnedBytes

  init(_ labels: [String: String]) {
    var bytes: [UInt8] = []
    for (name, value) in labels.sorted(by: { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }) {
      let content = Self.field(0x0A, Array(name.utf8)) + Self.field(0x12, Array(value.utf8))
      bytes += Self.field(0x0A, content)
    }
    owned = OwnedBytes(copying: bytes)
  }

  /// Calls `body` with the labels, which live as long.
  func read<Result>(_ body: (LabelBlock) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(owned) { try body(LabelBlock(owned.bytes)) }
  }

  private static func field(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    var length = content.count
    var header = [tag]
    while length >= 128 {
      header.append(UInt8(length % 128) + 128)
      length /= 128
    }
    return header + [UInt8(length)] + content
  }
}

extension LabelBlock {
  var dictionary: [String: String] {
    Dictionary(uniqueKeysWithValues: map { ($0.name.text, $0.value.text) })
  }
}

extension String {
  /// Calls `body` with the bytes of the text.
  func bytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    let owned = OwnedBytes(self)
    return try withExtendedLifetime(owned) { try body(owned.bytes) }
  }
}

extension SeededGenerator {
  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// Up to `most` of `pieces`, one behind the other.
  mutating func text(of pieces: [String], most: Int) -> String {
    (0..<below(most + 1)).map { _ in pick(pieces) }.joined()
  }
}
