/// All that has to be known to go on: the books, the lanes, and where in the log what came later begins.
struct Checkpoint: Equatable {
  /// Ascends: of two, the larger is the newer.
  var generation: UInt64 = 0
  /// Where the log goes on.
  var segment: UInt64 = 0
  var offset = 0
  /// The sequence number of the last record before that.
  var lastSequence: UInt64 = 0
  /// The sequence number of the next record.
  var nextSequence: UInt64 = 1
  var nextLetter: UInt64 = 1
  /// Segments that hold something, and the one of `segment`.
  var segments: [SavedSegment] = []
  var lanes: [SavedLane] = []
  var rows: [Books.Key: Books.Row] = [:]
}

struct SavedSegment: Equatable {
  var number: UInt64
  var id: UInt64
  var firstSequence: UInt64
  var lastSequence: UInt64
  var size: Int
  var live: Int
  var blocks: Int
}

struct SavedLane: Equatable {
  struct Front: Equatable {
    var position: UInt64
    /// Nanoseconds since 1970.
    var storedAt: Int64
  }

  struct Held: Equatable {
    var account: Account
    var amount: Amount
  }

  var key: LaneKey
  var blocks: Int
  var bytes: Int
  var rawBytes: Int
  var contents: Contents
  var held: [Held]
  var lost: Int
  var spans: [DiskLane.Span]
  var cursor: UInt64
  var gone: [UInt64]
  /// The position of its last block.
  var end: UInt64
  var front: Front?
}

extension Checkpoint {
  private static let magic: UInt64 = 0x3154_4E50_4B43_4C53
  private static let version: UInt64 = 1

  func bytes() -> [UInt8] {
    var writer = ByteWriter()
    for number in [
      Self.magic, Self.version, generation, segment, UInt64(offset), lastSequence, nextSequence, nextLetter,
    ] {
      writer.write(number)
    }
    writer.write(segments) { $0.write($1) }
    writer.write(lanes) { $0.write($1) }
    writer.write(rows) { writer, row in
      writer.write(row.key.account)
      writer.write(row.key.backend)
      writer.write(row.value.accepted)
      writer.write(row.value.delivered)
      writer.write(row.value.deadLettered)
      writer.write(row.value.dropped) { writer, dropped in
        writer.write(dropped.key)
        writer.write(dropped.value)
      }
    }
    return writer.bytes
  }

  init(_ bytes: [UInt8]) throws(ByteReader.Malformed) {
    var reader = ByteReader(bytes)
    guard try reader.number() == Self.magic, try reader.number() == Self.version else { throw ByteReader.Malformed() }
    generation = try reader.number()
    segment = try reader.number()
    offset = Int(truncatingIfNeeded: try reader.number())
    lastSequence = try reader.number()
    nextSequence = try reader.number()
    nextLetter = try reader.number()
    segments = try reader.list { reader throws(ByteReader.Malformed) in try reader.segment() }
    lanes = try reader.list { reader throws(ByteReader.Malformed) in try reader.savedLane() }
    for row in try reader.list({ reader throws(ByteReader.Malformed) in try reader.row() }) { rows[row.key] = row.row }
  }
}

extension ByteWriter {
  fileprivate mutating func write(_ segment: SavedSegment) {
    for number in [segment.number, segment.id, segment.firstSequence, segment.lastSequence] { write(number) }
    write(segment.size)
    write(segment.live)
    write(segment.blocks)
  }

  fileprivate mutating func write(_ lane: SavedLane) {
    write(lane.key)
    for number in [lane.blocks, lane.bytes, lane.rawBytes, lane.lost] { write(number) }
    write(lane.contents)
    write(lane.held) { writer, held in
      writer.write(held.account)
      writer.write(held.amount)
    }
    write(lane.spans) { writer, span in
      writer.write(span.segment)
      writer.write(span.firstSequence)
      writer.write(span.live)
    }
    write(lane.cursor)
    write(lane.gone) { $0.write($1) }
    write(lane.end)
    write(lane.front?.position ?? 0)
    write(Int(lane.front?.storedAt ?? 0))
  }
}

extension ByteReader {
  fileprivate mutating func segment() throws(Malformed) -> SavedSegment {
    SavedSegment(
      number: try number(), id: try number(), firstSequence: try number(), lastSequence: try number(),
      size: try int(), live: try int(), blocks: try int())
  }

  fileprivate mutating func savedLane() throws(Malformed) -> SavedLane {
    let key = try lane()
    let (blocks, bytes, rawBytes, lost) = (try int(), try int(), try int(), try int())
    let contents = try contents()
    let held = try list { reader throws(Malformed) in
      SavedLane.Held(account: try reader.account(), amount: try reader.amount())
    }
    let spans = try list { reader throws(Malformed) in
      DiskLane.Span(segment: try reader.number(), firstSequence: try reader.number(), live: try reader.int())
    }
    let cursor = try number()
    let gone = try list { reader throws(Malformed) in try reader.number() }
    let (end, position, storedAt) = (try number(), try number(), Int64(try int()))
    return SavedLane(
      key: key, blocks: blocks, bytes: bytes, rawBytes: rawBytes, contents: contents, held: held, lost: lost,
      spans: spans, cursor: cursor, gone: gone, end: end,
      front: position == 0 ? nil : SavedLane.Front(position: position, storedAt: storedAt))
  }

  fileprivate mutating func row() throws(Malformed) -> (key: Books.Key, row: Books.Row) {
    let key = Books.Key(account: try account(), backend: try text())
    var row = Books.Row(accepted: try amount(), delivered: try amount(), deadLettered: try amount())
    let dropped = try list { reader throws(Malformed) in (cause: try reader.cause(), amount: try reader.amount()) }
    for item in dropped { row.dropped[item.cause] = item.amount }
    return (key, row)
  }
}
