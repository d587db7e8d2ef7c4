import Memory
import Testing

@testable import Wire

@Suite struct Compression {
  private let text = Array(String(repeating: "sluice gates regulate the flow of water; ", count: 500).utf8)

  /// Compresses `bytes` into a buffer of its own.
  private func compressed(
    _ bytes: [UInt8], by compress: (UnsafeRawBufferPointer, Buffer) -> Void = { Snappy.compress($0, into: $1) }
  ) -> [UInt8] {
    let output = Buffer(capacity: 0)
    bytes.withUnsafeBytes { compress($0, output) }
    return output.contents
  }

  private func gzip(_ bytes: [UInt8]) -> [UInt8] { compressed(bytes) { Inflate.gzip($0, into: $1) } }

  @Test func `snappy gives back what it was given`() throws {
    let content = Buffer(capacity: 0)
    try compressed(text).withUnsafeBytes { try Snappy.uncompress($0, into: content, limit: text.count) }
    #expect(content.contents == text)
  }

  @Test func `blocks joined behind one length are a block`() throws {
    let another = Array("and another".utf8)
    let joined = Buffer(capacity: 0)
    joined.append(varint: UInt64(text.count + another.count))
    for block in [compressed(text), compressed(another)] {
      block.withUnsafeBytes { joined.append(UnsafeRawBufferPointer(rebasing: $0[Snappy.elementsOffset(in: $0)...])) }
    }
    let content = Buffer(capacity: 0)
    try joined.contents.withUnsafeBytes { try Snappy.uncompress($0, into: content, limit: 1 << 20) }
    #expect(content.contents == text + another)
  }

  @Test func `a block that claims four gigabytes is refused before memory is taken`() {
    let claim: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x00]
    let output = Buffer(capacity: 16)
    #expect(throws: CompressionError.tooLarge(limit: 1 << 20)) {
      try claim.withUnsafeBytes { try Snappy.uncompress($0, into: output, limit: 1 << 20) }
    }
    #expect(output.capacity == 16)
  }

  @Test(arguments: [[], [0x00, 0x01], [0x05, 0x00], Array("not snappy at all".utf8)] as [[UInt8]])
  func `what is not snappy is refused`(_ bytes: [UInt8]) {
    #expect(throws: CompressionError.corrupt(encoding: "snappy")) {
      try bytes.withUnsafeBytes { try Snappy.uncompress($0, into: Buffer(capacity: 0), limit: 1 << 20) }
    }
  }

  @Test func `gzip gives back what it was given, several members as one`() throws {
    let stream = gzip(text) + gzip(text)
    let content = Buffer(capacity: 0)
    try stream.withUnsafeBytes { try Inflate.uncompress($0, into: content, limit: text.count * 2) }
    #expect(content.contents == text + text)
  }

  @Test func `a gzip bomb is stopped at the limit`() {
    let bomb = gzip([UInt8](repeating: 0, count: 8 << 20))
    let output = Buffer(capacity: 0)
    #expect(throws: CompressionError.tooLarge(limit: 1 << 20)) {
      try bomb.withUnsafeBytes { try Inflate.uncompress($0, into: output, limit: 1 << 20) }
    }
    #expect(output.capacity <= 4 << 20)
  }

  @Test func `gzip and zstd cut off anywhere are refused`() {
    let stream = gzip(text)
    for length in 0..<stream.count {
      #expect(throws: CompressionError.corrupt(encoding: "gzip")) {
        try stream[..<length].withUnsafeBytes { try Inflate.uncompress($0, into: Buffer(capacity: 0), limit: 1 << 20) }
      }
    }
    for length in 0..<frames.count where length != 15 {
      #expect(throws: CompressionError.corrupt(encoding: "zstd")) {
        try frames[..<length].withUnsafeBytes {
          try Zstandard.uncompress($0, into: Buffer(capacity: 0), limit: 1 << 20)
        }
      }
    }
  }

  /// Two frames made with the reference implementation: "sluice" and "gate", each in a frame of its own.
  private let frames: [UInt8] = [
    0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58, 0x31, 0x00, 0x00, 0x73, 0x6C, 0x75, 0x69, 0x63, 0x65,
    0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58, 0x21, 0x00, 0x00, 0x67, 0x61, 0x74, 0x65,
  ]

  @Test func `zstd frames are opened one after the other`() throws {
    let content = Buffer(capacity: 0)
    try frames.withUnsafeBytes { try Zstandard.uncompress($0, into: content, limit: 10) }
    #expect(content.contents == Array("sluicegate".utf8))
    #expect(throws: CompressionError.tooLarge(limit: 9)) {
      try frames.withUnsafeBytes { try Zstandard.uncompress($0, into: Buffer(capacity: 0), limit: 9) }
    }
  }

  /// The library still knows frames of version 0.7, of which few bytes make it take 34 MB.
  @Test func `zstd of a version before the first stable one is refused, wherever it stands`() {
    let old: [UInt8] = [0x27, 0xB5, 0x2F, 0xFD, 0xA0, 0x79, 0x4F, 0x00, 0x02, 0x1A, 0x01, 0x08, 0x6D]
    for stream in [old, frames + old] {
      #expect(throws: CompressionError.corrupt(encoding: "zstd")) {
        try stream.withUnsafeBytes { try Zstandard.uncompress($0, into: Buffer(capacity: 0), limit: 1 << 20) }
      }
    }
  }

  @Test func `a skippable frame of zstd is passed over`() throws {
    let skipped: [UInt8] = [0x53, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 0xFF, 0xFF]
    let content = Buffer(capacity: 0)
    try (skipped + frames).withUnsafeBytes { try Zstandard.uncompress($0, into: content, limit: 10) }
    #expect(content.contents == Array("sluicegate".utf8))
  }

  @Test func `a gzip stream that unfolds without end is refused with no more memory than a few MiB`() {
    let stream = gzip([UInt8](repeating: 0, count: 64 << 20))
    let output = Buffer(capacity: 0)
    #expect(throws: CompressionError.tooLarge(limit: 32 << 20)) {
      try stream.withUnsafeBytes { try Inflate.uncompress($0, into: output, limit: 32 << 20) }
    }
    #expect(output.capacity <= 8 << 20)
  }

  @Test func `what a large stream unfolds to gets just the memory that it needs, and asks for it first`() throws {
    let content = [UInt8](repeating: 7, count: 20 << 20)
    let stream = gzip(content)
    let output = Buffer(capacity: 0)
    var asked = 0
    try stream.withUnsafeBytes { stream in
      try Inflate.uncompress(stream, into: output, limit: 32 << 20) { bytes in
        asked = bytes
        return true
      }
    }
    #expect(output.count == content.count)
    #expect(output.capacity == content.count && asked == content.count)
    #expect(throws: CompressionError.noMemory) {
      try stream.withUnsafeBytes {
        try Inflate.uncompress($0, into: Buffer(capacity: 0), limit: 32 << 20) { $0 < 9 << 20 }
      }
    }
  }

  @Test func `a block that there is no memory for is refused by its length`() {
    let block = compressed([UInt8](repeating: 7, count: 1 << 20))
    let output = Buffer(capacity: 0)
    #expect(throws: CompressionError.noMemory) {
      try block.withUnsafeBytes { try Snappy.uncompress($0, into: output, limit: 1 << 30) { $0 < 1 << 20 } }
    }
    #expect(output.capacity == 0)
  }
}
