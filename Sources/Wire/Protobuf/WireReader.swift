import CPlatform

/// Reads protobuf fields from a stretch of a body; every read is checked against the end of the stretch.
///
/// A reader is two offsets into memory that someone else holds: copy it freely, use it while they hold it. Keep it
/// in a local variable, so that the cursor stays in a register.
struct WireReader {
  /// How deep groups may nest in a field that nobody reads.
  static let mostGroups = 32

  let base: UnsafePointer<UInt8>
  var position: Int
  let end: Int

  init(base: UnsafePointer<UInt8>, position: Int, end: Int) {
    self.base = base
    self.position = position
    self.end = end
  }

  /// Reads `body` from its first byte to its last.
  init(_ body: UnsafeRawBufferPointer) {
    // An empty buffer may have no address; nothing is read through the stand-in, as position and end are equal.
    let start = body.baseAddress ?? UnsafeRawPointer(Self.nothing)
    self.init(base: start.assumingMemoryBound(to: UInt8.self), position: 0, end: body.count)
  }

  // nonisolated(unsafe): one byte that is never written after this line.
  private nonisolated(unsafe) static let nothing: UnsafeMutablePointer<UInt8> = {
    let byte = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    byte.initialize(to: 0)
    return byte
  }()

  @inline(__always) var isAtEnd: Bool { position >= end }

  /// The next tag, `number << 3 | wire type`, or nil at the end. Its field number is legal, its wire type exists.
  @inline(__always) mutating func tag() throws(WireError) -> UInt32? {
    if position >= end { return nil }
    let start = position
    let tag = try varint()
    // Field numbers are 1 ..< 2^29, so a legal tag is 8 ... UInt32.max.
    guard tag >= 8, tag <= UInt64(UInt32.max) else { throw WireError(.invalidTag, at: start) }
    guard tag & 7 < 6 else { throw WireError(.invalidWireType, at: start) }
    return UInt32(truncatingIfNeeded: tag)
  }

  @inline(__always) mutating func varint() throws(WireError) -> UInt64 {
    if position < end {
      let byte = base[position]
      if byte < 128 {
        position &+= 1
        return UInt64(byte)
      }
    }
    return try longVarint()
  }

  @inline(__always) private mutating func longVarint() throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var here = position
    while here < end {
      let byte = UInt64(base[here])
      here &+= 1
      if shift == 63, byte > 1 { throw WireError(.overlongVarint, at: position) }
      value |= (byte & 127) &<< shift
      if byte < 128 {
        position = here
        return value
      }
      shift &+= 7
    }
    throw WireError(.truncated, at: position)
  }

  @inline(__always) mutating func fixed64() throws(WireError) -> UInt64 {
    guard end &- position >= 8 else { throw WireError(.truncated, at: position) }
    let value = UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self)
    position &+= 8
    return UInt64(littleEndian: value)
  }

  @inline(__always) mutating func fixed32() throws(WireError) -> UInt32 {
    guard end &- position >= 4 else { throw WireError(.truncated, at: position) }
    let value = UnsafeRawPointer(base + position).loadUnaligned(as: UInt32.self)
    position &+= 4
    return UInt32(littleEndian: value)
  }

  /// A length and the bytes behind it, as a reader of just those.
  @inline(__always) mutating func message() throws(WireError) -> WireReader {
    let start = position
    let length = try varint()
    guard length <= UInt64(end &- position) else { throw WireError(.truncated, at: start) }
    let first = position
    position &+= Int(truncatingIfNeeded: length)
    return WireReader(base: base, position: first, end: position)
  }

  /// A length and the bytes behind it.
  @inline(__always) mutating func bytes() throws(WireError) -> UnsafeRawBufferPointer {
    try message().rest
  }

  /// Asks for `count` bytes that lie `distance` bytes ahead; harmless beyond the end.
  @inline(__always) func prefetch(_ count: Int, ahead distance: Int) {
    var done = 0
    while done < count {
      sluice_prefetch(base + position + distance + done)
      done &+= 64
    }
  }

  /// What has not been read.
  @inline(__always) var rest: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + position, count: end &- position)
  }
}
