internal import Synchronization

/// Where in a segment the blocks of each lane are. Made by a walk through its headers when it is first needed, or as the
/// segment is written.
final class SegmentIndex: Sendable {
  private let lanes: Mutex<[LaneKey: [StoredBlock]]>

  init(_ lanes: [LaneKey: [StoredBlock]] = [:]) { self.lanes = Mutex(lanes) }

  /// The blocks of a lane, in the order of their positions, those released too.
  func blocks(of lane: LaneKey) -> [StoredBlock] { lanes.withLock { $0[lane] ?? [] } }

  /// Of all lanes.
  var all: [LaneKey: [StoredBlock]] { lanes.withLock { $0 } }

  /// How much memory it takes, in blocks.
  var weight: Int { lanes.withLock { $0.values.reduce(Self.baseWeight) { $0 + Self.laneWeight + $1.count } } }

  private static let baseWeight = 16
  private static let laneWeight = 2

  func add(_ block: StoredBlock, to lane: LaneKey) { lanes.withLock { $0[lane, default: []].append(block) } }

  /// - Parameter last: records beyond this sequence number are none.
  /// - Returns: with the index, what could not be read.
  static func read(
    _ file: any DiskFile, segment: UInt64, through last: UInt64
  ) throws(DiskError) -> (SegmentIndex, damages: [Range<Int>]) {
    var lanes: [LaneKey: [StoredBlock]] = [:]
    var damages: [Range<Int>] = []
    var walk = try SegmentWalk(file, segment: segment, readsAhead: true)
    var sequence: UInt64 = 0
    while let step = try walk.next() {
      switch step {
      case .damage(let range): damages.append(range)
      case .record(let header, let offset, let description):
        // What is left of a write that failed was written over by a later one, but for its end.
        guard header.sequence > sequence, header.sequence <= last else { continue }
        sequence = header.sequence
        guard header.kind == .block, !header.isVoid else { continue }
        guard let description = try? BlockDescription(description) else {
          damages.append(offset..<(offset + header.length))
          continue
        }
        for (index, target) in description.targets.enumerated() {
          lanes[target.lane, default: []].append(StoredBlock(header, description, target: index, at: offset))
        }
      }
    }
    return (SegmentIndex(lanes), damages)
  }
}

/// A block of one lane, as it lies in a segment.
struct StoredBlock {
  var position: UInt64
  var account: Account
  var contents: Contents
  var rawBytes: Int
  /// Nanoseconds since 1970.
  var storedAt: Int64
  var payloadChecksum: UInt32
  /// Where in the file the payload is.
  var payload: Range<Int>
  /// Where in the file the record begins.
  var record: Int
}

extension StoredBlock {
  init(_ header: RecordHeader, _ description: BlockDescription, target: Int, at offset: Int) {
    position = header.sequence + UInt64(target)
    account = description.targets[target].account
    contents = description.contents
    rawBytes = description.rawBytes
    storedAt = header.storedAt
    payloadChecksum = header.payloadChecksum
    let start = offset + RecordHeader.size + header.descriptionLength
    payload = start..<(start + header.payloadLength)
    record = offset
  }
}
