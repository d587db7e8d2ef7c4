import Memory
import Model

/// Where series are written: one after the other at the end of a batch's arena, each as a field of a
/// `prometheus.WriteRequest`.
///
/// Holds the ends of the arena and of the column of records itself, so that a series costs no access to an object;
/// the batch knows of what was written only after `flush`.
struct SeriesOutput: ~Copyable {
  let batch: SeriesBatch
  /// Series written.
  private(set) var seriesCount = 0

  /// Most bytes that the arena may hold.
  private let limit: Int
  private var base: UnsafeMutablePointer<UInt8>
  /// Where in the arena the next series begins.
  private(set) var end: Int
  private var room: Int
  private var records: UnsafeMutablePointer<SeriesRecord>
  private var pending = 0
  private var recordRoom = 0
  private var samples = 0
  private var histograms = 0
  private var exemplars = 0
  private var matches = MatchLog()

  init(batch: SeriesBatch, limit: Int) {
    self.batch = batch
    self.limit = limit
    base = batch.arena.base
    end = batch.arena.count
    room = min(batch.arena.capacity, limit)
    records = batch.series.base
  }

  /// Makes room for `count` bytes more.
  @inline(__always) mutating func reserve(_ count: Int) throws(WireError) {
    if room &- end < count { try grow(count) }
  }

  @inline(never) private mutating func grow(_ count: Int) throws(WireError) {
    guard count <= limit - end else { throw WireError(.tooLarge, at: 0) }
    batch.arena.count = end
    batch.arena.reserve(count)
    base = batch.arena.base
    room = min(batch.arena.capacity, limit)
  }

  /// Begins a series of which neither labels nor payload have been measured: their place, in room that was reserved.
  ///
  /// Two bytes are kept for the length, which is right for most; `finish` moves the others.
  @inline(__always) func begin() -> UnsafeMutablePointer<UInt8> { base + end + 3 }

  /// Finishes the series that was begun; its labels end at `labelsEnd`, its payload at `payloadEnd`.
  @discardableResult @inline(__always) mutating func finish(
    labelsEnd: UnsafeMutablePointer<UInt8>, payloadEnd: UnsafeMutablePointer<UInt8>, samples: Int = 0,
    histograms: Int = 0, exemplars: Int = 0, part: PointPart = .first
  ) -> SeriesRecord {
    let start = base + end
    let length = payloadEnd - start - 3
    let header = 1 &+ Varint.size(length)
    if header != 3 { (start + header).update(from: start + 3, count: length) }
    var out = start
    out.put(0x0A)
    Varint.write(UInt64(truncatingIfNeeded: length), to: &out)
    return finish(
      header: header, labels: labelsEnd - start - 3, payload: payloadEnd - labelsEnd, samples: samples,
      histograms: histograms, exemplars: exemplars, part: part)
  }

  /// Where the next series begins, in room that was reserved: for one that is written with its tag and its length.
  @inline(__always) var next: UnsafeMutablePointer<UInt8> { base + end }

  /// Finishes a series that was written at `next`; `header` are its tag and its length, all are in bytes.
  @discardableResult @inline(__always) mutating func finish(
    header: Int, labels: Int, payload: Int, samples: Int = 0, histograms: Int = 0, exemplars: Int = 0,
    part: PointPart = .first
  ) -> SeriesRecord {
    let first = end
    let split = first &+ header &+ labels
    end = split &+ payload
    self.samples &+= samples
    self.histograms &+= histograms
    self.exemplars &+= exemplars
    if pending == recordRoom { moveRecords() }
    let record = SeriesRecord(
      labels: ByteRange(first &+ header, split), payload: ByteRange(split, end), encoded: ByteRange(first, end),
      samples: UInt32(truncatingIfNeeded: samples), histograms: UInt32(truncatingIfNeeded: histograms),
      exemplars: UInt32(truncatingIfNeeded: exemplars), part: part)
    (records + pending).initialize(to: record)
    pending &+= 1
    seriesCount &+= 1
    return record
  }

  @inline(never) private mutating func moveRecords() {
    batch.series.commit(pending)
    pending = 0
    recordRoom = max(1024, seriesCount)
    batch.series.reserve(recordRoom)
    records = batch.series.base + batch.series.count
  }

  /// Tells the batch what was written.
  mutating func flush() {
    batch.series.commit(pending)
    matches.flush(to: batch)
    pending = 0
    recordRoom = 0
    batch.arena.count = end
    batch.sampleCount += samples
    batch.histogramCount += histograms
    batch.exemplarCount += exemplars
    samples = 0
    histograms = 0
    exemplars = 0
  }

  /// Notes that from `start` to `end` the arena holds the same as `distance` before; behind all that was noted before.
  @inline(__always) mutating func noteMatch(_ start: Int, _ end: Int, distance: Int) {
    matches.add(start, end, distance, batch)
  }

  /// Where the last match noted ends.
  @inline(__always) var matchEnd: Int { matches.end }
}
