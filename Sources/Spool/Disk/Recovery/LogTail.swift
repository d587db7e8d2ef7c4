/// A segment of the log behind the checkpoint, as it was read.
struct LogTail {
  var segment: Segment
  let file: any DiskFile
  private(set) var records: [(header: RecordHeader, offset: Int, description: [UInt8])] = []
  private(set) var damages: [Range<Int>] = []
  /// Where the last record ends.
  private(set) var end: Int
  /// What the head of the segment says of those before.
  let previousEnd: UInt64
  /// There are records, but the head is damaged.
  let lacksHead: Bool

  /// - Parameters:
  ///   - known: what the checkpoint says of it.
  ///   - start: where what came after the checkpoint begins.
  init(_ number: UInt64, _ file: any DiskFile, known: Segment?, from start: Int) throws(DiskError) {
    self.file = file
    end = start
    let size = try file.size()
    let head = SegmentHeader(try file.bytes(at: 0, count: SegmentHeader.size))
    if let head, head.number != number {
      // Renamed to be written to, and then the process ended: what it holds and says is of its earlier life.
      previousEnd = .max
      segment = Segment(number: number, id: 0, firstSequence: .max, size: size)
      lacksHead = false
      return
    }
    previousEnd = head?.previousEnd ?? .max
    if let known = known ?? head.map({ Segment($0, size: size) }) {
      segment = known
    } else {
      segment = try Self.guessed(number, file, size)
    }
    // One that was just begun, perhaps not to the end of its head, has no record either.
    lacksHead = head == nil && segment.id != 0
    var walk = try SegmentWalk(file, segment: segment.id, from: start)
    while let step = try walk.next() {
      switch step {
      case .damage(let range): damages.append(range)
      case .record(let header, let offset, let description):
        records.append((header, offset, description))
        end = min(size, offset + header.length)
      }
    }
  }

  /// What the first record says of the segment: it was written right after the head.
  private static func guessed(_ number: UInt64, _ file: any DiskFile, _ size: Int) throws(DiskError) -> Segment {
    let bytes = try file.bytes(at: SegmentHeader.size, count: 1 << 20)
    for offset in stride(from: 0, to: bytes.count - RecordHeader.size + 1, by: RecordHeader.size) {
      let header = bytes.withUnsafeBytes { bytes in
        bytes.baseAddress.flatMap { RecordHeader($0 + offset, segment: nil) }
      }
      guard let header else { continue }
      return Segment(number: number, id: header.segment, firstSequence: header.sequence, size: size)
    }
    return Segment(number: number, id: 0, firstSequence: .max, size: size)
  }
}
