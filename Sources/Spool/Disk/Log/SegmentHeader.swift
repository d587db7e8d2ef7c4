/// The first 64 bytes of a segment.
///
/// ```
///  0 magic │ 8 version │ 16 id │ 24 number │ 32 first sequence │ 40 end of what was before │ 60 checksum
/// ```
struct SegmentHeader: Equatable {
  static let size = 64
  private static let magic: UInt64 = 0x3147_4553_4C4F_4F50

  /// Random: what the file held in an earlier life has another one.
  var id: UInt64
  /// Its place in the log; ascends.
  var number: UInt64
  /// No record in it has a smaller one.
  var firstSequence: UInt64
  /// Records of earlier segments beyond this are none: their write failed, and all that were told so.
  var previousEnd: UInt64

  func bytes() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.size)
    bytes.withUnsafeMutableBytes { target in
      for (offset, word) in [Self.magic, 1, id, number, firstSequence, previousEnd].enumerated() {
        target.storeBytes(of: word.littleEndian, toByteOffset: offset * 8, as: UInt64.self)
      }
      let checksum = Checksum.of(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(target)[..<60]))
      target.storeBytes(of: checksum.littleEndian, toByteOffset: 60, as: UInt32.self)
    }
    return bytes
  }

  init(id: UInt64, number: UInt64, firstSequence: UInt64, previousEnd: UInt64) {
    self.id = id
    self.number = number
    self.firstSequence = firstSequence
    self.previousEnd = previousEnd
  }

  /// Nil where there is none.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.size else { return nil }
    let words = bytes.withUnsafeBytes { source in
      (0..<6).map { UInt64(littleEndian: source.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
    }
    let checksum = bytes.withUnsafeBytes { source in
      UInt32(littleEndian: source.loadUnaligned(fromByteOffset: 60, as: UInt32.self))
    }
    guard words[0] == Self.magic, words[1] == 1, checksum == Checksum.of(bytes[..<60]) else { return nil }
    self.init(id: words[2], number: words[3], firstSequence: words[4], previousEnd: words[5])
  }
}
