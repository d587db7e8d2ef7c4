/// What the spool knows of a segment that may hold blocks that are still to be sent.
struct Segment {
  var number: UInt64
  var id: UInt64
  var firstSequence: UInt64
  /// Records beyond this are none.
  var lastSequence = UInt64.max
  /// Bytes of the file.
  var size: Int
  /// Blocks that have not been released, each counted once for each of its lanes.
  var live = 0
  /// Blocks ever written to it, counted likewise.
  var blocks = 0
  /// How many were live when the released ones were last punched out; nil if they never were.
  var punchedAt: Int?
  /// Reads under way: while there are any, the file stays what it is.
  var pins = 0

  init(_ header: SegmentHeader, size: Int) {
    number = header.number
    id = header.id
    firstSequence = header.firstSequence
    self.size = size
  }

  init(number: UInt64, id: UInt64, firstSequence: UInt64, size: Int) {
    self.number = number
    self.id = id
    self.firstSequence = firstSequence
    self.size = size
  }
}
