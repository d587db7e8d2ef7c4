/// Goes from record to record through a segment, past what is damaged.
struct SegmentWalk {
  enum Step {
    /// A record whose header and description are whole; of the payload nothing is known.
    case record(RecordHeader, at: Int, description: [UInt8])
    /// Bytes between two records that are neither a record nor zeros.
    case damage(Range<Int>)
  }

  private let file: any DiskFile
  private let segment: UInt64
  private let end: Int
  private var offset: Int
  // What was read last: a part of the file.
  private var window: [UInt8] = []
  private var windowStart = 0
  private var windowSize = smallest

  private let readsAhead: Bool
  // Up to here the disk was asked to read.
  private var ahead = 0

  private static let smallest = 4 << 10
  private static let largest = 256 << 10
  private static let farthestAhead = 8 << 20

  /// - Parameter readsAhead: whether what the records carry is wanted soon. The disk then reads all in one go, which is
  ///   several times as fast as from header to header.
  init(
    _ file: any DiskFile, segment: UInt64, from offset: Int = SegmentHeader.size, readsAhead: Bool = false
  ) throws(DiskError) {
    self.file = file
    self.segment = segment
    self.offset = offset
    self.readsAhead = readsAhead
    end = try file.size()
  }

  /// Nil at the end: no record follows, whole or not.
  mutating func next() throws(DiskError) -> Step? {
    if readsAhead, offset >= ahead { readAhead() }
    guard let header = try header(at: offset) else { return try search(from: offset) }
    let start = offset
    let bytes = try self.bytes(start + RecordHeader.size, header.descriptionLength)
    guard let bytes, Checksum.of(bytes) == header.descriptionChecksum else {
      offset = min(end, start + header.length)
      return .damage(start..<offset)
    }
    offset = start + header.length
    return .record(header, at: start, description: Array(bytes))
  }

  /// As far again as it has come: behind the end of what was written there is a lot of nothing, which takes time too.
  private mutating func readAhead() {
    ahead = offset + min(max(offset, Self.largest), Self.farthestAhead)
    file.prefetch(offset..<ahead)
  }

  /// Looks for the next header. What lies between is damage if anything of it is set.
  private mutating func search(from start: Int) throws(DiskError) -> Step? {
    var hasBytes = false
    var found = start
    while found + RecordHeader.size <= end {
      windowSize = Self.largest
      // Most of a segment that is not full was never written to.
      if found + RecordHeader.size > windowStart + window.count {
        found = max(found, (file.data(from: found) ?? end) / RecordHeader.size * RecordHeader.size)
      }
      guard try bytes(found, RecordHeader.size) != nil else { break }
      let (place, isSet) = scan(from: found)
      hasBytes = hasBytes || isSet
      found = place
      // Short of the window's end it is a header. What lies beyond is not read before it is known that anything does.
      if found + RecordHeader.size <= windowStart + window.count { break }
    }
    guard found + RecordHeader.size <= end else {
      offset = end
      return try looksLikeHeader(at: start) ? .damage(start..<min(end, start + RecordHeader.size)) : nil
    }
    offset = found
    if hasBytes { return .damage(start..<found) }
    return try next()
  }

  /// Goes through the window to the next header in it, or to its end.
  /// - Returns: where that is, and whether anything on the way was set.
  private func scan(from start: Int) -> (place: Int, isSet: Bool) {
    window.withUnsafeBytes { bytes in
      var place = start - windowStart
      var isSet = false
      while place + RecordHeader.size <= bytes.count, let base = bytes.baseAddress {
        let words = base + place
        // Most of what is searched is zeros, and a header begins with something.
        if words.loadUnaligned(as: UInt64.self) != 0 {
          if RecordHeader(words, segment: segment) != nil { break }
          isSet = true
        } else if !isSet {
          isSet = (1..<8).contains { words.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) != 0 }
        }
        place += RecordHeader.size
      }
      return (windowStart + place, isSet)
    }
  }

  /// Whether the bytes, which are no header, were one of this segment once: the last record of all has none behind it to
  /// tell that there was something.
  private mutating func looksLikeHeader(at offset: Int) throws(DiskError) -> Bool {
    guard segment != 0, let bytes = try bytes(offset, RecordHeader.size) else { return false }
    return bytes.withUnsafeBytes { RecordHeader.segment(of: $0) ^ segment }.nonzeroBitCount < 8
  }

  private mutating func header(at offset: Int) throws(DiskError) -> RecordHeader? {
    guard let bytes = try bytes(offset, RecordHeader.size) else { return nil }
    return bytes.withUnsafeBytes { bytes in
      bytes.baseAddress.flatMap { RecordHeader($0, segment: segment) }
    }
  }

  /// Nil where the file is shorter.
  private mutating func bytes(_ start: Int, _ count: Int) throws(DiskError) -> ArraySlice<UInt8>? {
    guard start + count <= end else { return nil }
    if start < windowStart || start + count > windowStart + window.count {
      // Small records stand close together: read ahead. Large ones do not.
      let isNear = start <= windowStart + window.count
      windowSize = isNear ? min(windowSize * 2, Self.largest) : Self.smallest
      window = try file.bytes(at: start, count: min(end - start, max(count, windowSize)))
      windowStart = start
      guard window.count >= count else { return nil }
    }
    return window[(start - windowStart)..<(start - windowStart + count)]
  }
}
