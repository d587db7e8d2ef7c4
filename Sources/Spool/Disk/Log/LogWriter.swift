internal import Memory

/// A record on its way to disk.
struct LogRecord {
  var kind: RecordHeader.Kind
  var sequence: UInt64
  /// How many sequence numbers it has.
  var width = 1
  /// Nanoseconds since 1970.
  var storedAt: Int64
  var description: [UInt8]
  var payload: Payload?
  var payloadChecksum: UInt32 = 0

  var length: Int { RecordHeader.aligned(RecordHeader.size + description.count + (payload?.count ?? 0)) }
  var lastSequence: UInt64 { sequence + UInt64(width) - 1 }
}

/// The end of the log, where it grows. One thread.
///
/// What `write` wrote is there after a crash of the process; what was written before `sync` returned, after a loss of
/// power too.
final class LogWriter {
  let folder: SegmentFolder
  private let loaded: LoadedSegments
  /// Whether `sync` does anything: it takes as long as the disk needs for all that was written.
  private let isDurable: Bool
  private(set) var segment: Segment
  private(set) var file: any DiskFile
  private(set) var index: SegmentIndex
  /// Where the next record goes.
  private(set) var offset: Int
  private(set) var isSynced = false
  private(set) var lastWritten: UInt64
  private(set) var lastSynced: UInt64
  /// Why there is no segment to begin with: nothing fits before there is one.
  let lack: DiskError?
  /// How often the disk was asked to sync, and how long that took in all.
  private(set) var syncs = 0
  private(set) var syncTime = Duration.zero

  /// Begins the log anew behind what is there. On a full disk that waits for the first `roll` that finds room, so that what
  /// is there can be read.
  init(
    _ folder: SegmentFolder, _ loaded: LoadedSegments, number: UInt64, next sequence: UInt64, previousEnd: UInt64,
    syncs: Bool
  ) throws(DiskError) {
    isDurable = syncs
    self.folder = folder
    self.loaded = loaded
    let header = SegmentHeader(
      id: .random(in: 1...UInt64.max), number: number, firstSequence: sequence, previousEnd: previousEnd)
    index = SegmentIndex()
    offset = SegmentHeader.size
    do throws(DiskError) {
      let size: Int
      (file, size) = try folder.begin(header, minimum: 0)
      segment = Segment(header, size: size)
      lastWritten = sequence - 1
      lack = nil
      loaded.write(number, LoadedSegments.Loaded(file: file, index: index))
    } catch {
      guard error.isFull else { throw error }
      file = NoFile(path: folder.path(of: number), lack: error)
      segment = Segment(header, size: SegmentHeader.size)
      // The segment that comes in its place says where the one before it ends.
      lastWritten = previousEnd
      lack = error
    }
    lastSynced = lastWritten
  }

  func fits(_ length: Int) -> Bool { offset + length <= segment.size }

  /// Writes records, all of which fit, behind one another; or none, as far as anyone can tell.
  /// - Parameter durable: all up to here is as safe as it will be.
  /// - Returns: where each of them begins.
  func write(_ records: [LogRecord], durable: UInt64) throws(DiskError) -> [Int] {
    let batch = RecordBatch(records, segment: segment.id, durable: durable)
    isSynced = false
    try file.write(batch.pieces, at: offset)
    let start = offset
    offset += batch.length
    if let last = records.last { lastWritten = last.lastSequence }
    return batch.offsets.map { start + $0 }
  }

  func sync() throws(DiskError) {
    guard !isSynced else { return }
    if isDurable { try syncFile() }
    isSynced = true
    lastSynced = lastWritten
  }

  private func syncFile() throws(DiskError) {
    let begun = ContinuousClock.now
    defer {
      syncs += 1
      syncTime += .now - begun
    }
    try file.sync()
  }

  /// Goes on in a new segment.
  /// - Parameter abandoning: the sync of this one failed: what came after the last one that did not is void.
  /// - Returns: the segment that was left, and where it ends.
  func roll(
    minimum: Int, abandoning: Bool = false
  ) throws(DiskError) -> Segment {
    if !abandoning { try sync() }
    // What is left of a write that failed is beyond this in either case.
    let end = abandoning ? lastSynced : lastWritten
    let header = SegmentHeader(
      id: .random(in: 1...UInt64.max), number: segment.number + 1, firstSequence: lastWritten + 1, previousEnd: end)
    let (file, size) = try folder.begin(header, minimum: minimum)
    var left = segment
    left.lastSequence = end
    segment = Segment(header, size: size)
    self.file = file
    index = SegmentIndex()
    offset = SegmentHeader.size
    isSynced = false
    loaded.write(segment.number, LoadedSegments.Loaded(file: file, index: index))
    return left
  }
}

/// Records laid out for one write: what is small in one piece of memory, payloads where they are.
private final class RecordBatch {
  private let small: UnsafeMutableRawBufferPointer
  private(set) var pieces: [UnsafeRawBufferPointer] = []
  private(set) var offsets: [Int] = []
  private(set) var length = 0
  private let payloads: [Payload]

  init(_ records: [LogRecord], segment: UInt64, durable: UInt64) {
    let size = records.reduce(0) { $0 + $1.length - ($1.payload?.count ?? 0) }
    small = .allocate(byteCount: size, alignment: 64)
    small.initializeMemory(as: UInt8.self, repeating: 0)
    payloads = records.compactMap(\.payload)
    var used = 0
    for record in records {
      offsets.append(length)
      let payloadLength = record.payload?.count ?? 0
      let header = RecordHeader(
        kind: record.kind, sequence: record.sequence, durable: durable, storedAt: record.storedAt,
        descriptionLength: record.description.count, payloadLength: payloadLength,
        descriptionChecksum: Checksum.of(record.description), payloadChecksum: record.payloadChecksum,
        segment: segment)
      let start = used
      header.write(to: small.baseAddress.unsafelyUnwrapped + used)
      used += RecordHeader.size
      UnsafeMutableRawBufferPointer(rebasing: small[used...]).copyBytes(from: record.description)
      used += record.description.count
      pieces.append(UnsafeRawBufferPointer(rebasing: small[start..<used]))
      if let payload = record.payload { pieces.append(payload.bytes) }
      let padding = record.length - (used - start) - payloadLength
      if padding > 0 { pieces.append(UnsafeRawBufferPointer(rebasing: small[used..<(used + padding)])) }
      used += padding
      length += record.length
    }
  }

  deinit { small.deallocate() }
}
