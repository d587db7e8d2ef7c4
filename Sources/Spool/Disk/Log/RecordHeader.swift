/// What stands in front of each record of a log.
///
/// ```
///  0 magic │ 4 kind │ 5 flags │ 8 sequence │ 16 durable │ 24 stored at │ 32 length of the description │ 36 of the payload
/// 40 checksum of the description │ 44 of the payload │ 48 id of the segment │ 56 zero │ 60 checksum of the header
/// ```
/// All little-endian; checksums are CRC-32C. Behind it come the description, which says what the record is about, and the
/// payload, the bytes of a block. A record begins at a multiple of 64, so that behind a damaged one the next can be found.
/// The segment's random id tells a record of this segment from one that the file held in an earlier life.
struct RecordHeader: Equatable {
  enum Kind: UInt8 {
    /// A block and the lanes that it goes to.
    case block = 1
    /// Something for the books: releases, drops, the end of dead letters.
    case note = 2
    /// A dead letter, in the log of those.
    case letter = 3
  }

  static let size = 64
  private static let magic: UInt32 = 0x3152_4C53

  var kind: Kind
  /// Nothing in it counts any more, but the lengths.
  var isVoid = false
  /// Ascends through the whole log. A block has one for each of its lanes, of which this is the first.
  var sequence: UInt64
  /// All up to here was on disk when this was written: what is damaged before it was acknowledged, what is behind it may
  /// be the torn end of a write that never was.
  var durable: UInt64
  /// Nanoseconds since 1970.
  var storedAt: Int64
  var descriptionLength: Int
  var payloadLength: Int
  var descriptionChecksum: UInt32
  var payloadChecksum: UInt32
  var segment: UInt64

  /// Bytes from this record to the next.
  var length: Int { Self.aligned(Self.size + descriptionLength + payloadLength) }

  static func aligned(_ count: Int) -> Int { (count + size - 1) & ~(size - 1) }
}

extension RecordHeader {
  func write(to bytes: UnsafeMutableRawPointer) {
    bytes.storeBytes(of: Self.magic.littleEndian, as: UInt32.self)
    bytes.storeBytes(of: kind.rawValue, toByteOffset: 4, as: UInt8.self)
    bytes.storeBytes(of: isVoid ? 1 : 0, toByteOffset: 5, as: UInt8.self)
    bytes.storeBytes(of: 0, toByteOffset: 6, as: UInt16.self)
    bytes.storeBytes(of: sequence.littleEndian, toByteOffset: 8, as: UInt64.self)
    bytes.storeBytes(of: durable.littleEndian, toByteOffset: 16, as: UInt64.self)
    bytes.storeBytes(of: storedAt.littleEndian, toByteOffset: 24, as: Int64.self)
    bytes.storeBytes(of: UInt32(descriptionLength).littleEndian, toByteOffset: 32, as: UInt32.self)
    bytes.storeBytes(of: UInt32(payloadLength).littleEndian, toByteOffset: 36, as: UInt32.self)
    bytes.storeBytes(of: descriptionChecksum.littleEndian, toByteOffset: 40, as: UInt32.self)
    bytes.storeBytes(of: payloadChecksum.littleEndian, toByteOffset: 44, as: UInt32.self)
    bytes.storeBytes(of: segment.littleEndian, toByteOffset: 48, as: UInt64.self)
    bytes.storeBytes(of: 0, toByteOffset: 56, as: UInt32.self)
    let checksum = Checksum.of(UnsafeRawBufferPointer(start: bytes, count: 60))
    bytes.storeBytes(of: checksum.littleEndian, toByteOffset: 60, as: UInt32.self)
  }

  /// What 64 bytes have where a header has the id of its segment.
  static func segment(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 48, as: UInt64.self))
  }

  /// Nil where there is no header of that segment; of any, if that is nil. `bytes` are 64.
  init?(_ bytes: UnsafeRawPointer, segment: UInt64?) {
    func word(_ offset: Int) -> UInt32 {
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    func long(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    guard word(0) == Self.magic, segment == nil || long(48) == segment,
      word(60) == Checksum.of(UnsafeRawBufferPointer(start: bytes, count: 60)),
      let kind = Kind(rawValue: bytes.load(fromByteOffset: 4, as: UInt8.self))
    else { return nil }
    self.kind = kind
    isVoid = bytes.load(fromByteOffset: 5, as: UInt8.self) != 0
    sequence = long(8)
    durable = long(16)
    storedAt = Int64(bitPattern: long(24))
    descriptionLength = Int(word(32))
    payloadLength = Int(word(36))
    descriptionChecksum = word(40)
    payloadChecksum = word(44)
    self.segment = long(48)
  }
}
