import CPlatform
import Memory
import Model

/// Where series are written: one after the other at the end of a batch's arena, each as a field of a
/// `prometheus.WriteRequest`. One thread.
struct SeriesOutput {
  let batch: SeriesBatch
  let arena: Buffer
  /// Most bytes that the arena may hold.
  let limit: Int

  init(batch: SeriesBatch, limit: Int) {
    self.batch = batch
    arena = batch.arena
    self.limit = min(limit, Int(UInt32.max))
  }

  /// Makes room for `count` bytes more.
  @inline(__always) func reserve(_ count: Int) throws(WireError) {
    guard count <= limit &- arena.count else { throw WireError(.tooLarge, at: 0) }
    arena.reserve(count)
  }

  /// Begins a series of which neither labels nor payload have been measured: their place, in room that was reserved.
  ///
  /// Two bytes are kept for the length, which is right for most; `end` moves the others.
  @inline(__always) func begin() -> UnsafeMutablePointer<UInt8> { arena.base + arena.count + 3 }

  /// Ends the series that was begun; its labels end at `labelsEnd`, its payload at `end`.
  @inline(__always) func end(
    labelsEnd: UnsafeMutablePointer<UInt8>, end: UnsafeMutablePointer<UInt8>, samples: Int, histograms: Int,
    exemplars: Int
  ) {
    let start = arena.base + arena.count
    let length = end - start - 3
    let header = 1 &+ Varint.size(length)
    if header != 3 { (start + header).update(from: start + 3, count: length) }
    var out = start
    out.put(0x0A)
    Varint.write(UInt64(truncatingIfNeeded: length), to: &out)
    let first = arena.count
    let split = first &+ header &+ (labelsEnd - start - 3)
    let last = first &+ header &+ length
    arena.count = last
    batch.append(
      SeriesRecord(
        labels: ByteRange(first &+ header, split), payload: ByteRange(split, last), encoded: ByteRange(first, last),
        samples: UInt32(truncatingIfNeeded: samples), histograms: UInt32(truncatingIfNeeded: histograms),
        exemplars: UInt32(truncatingIfNeeded: exemplars)))
  }
}

/// `prometheus.Sample` as field 2 of a series.
enum SampleField {
  /// No less than what one takes.
  static let mostBytes = 24

  @inline(__always) static func write(_ bits: UInt64, _ milliseconds: Int64, to out: inout UnsafeMutablePointer<UInt8>)
  {
    let time = UInt64(bitPattern: milliseconds)
    out.put(0x12)
    out.put(UInt8(truncatingIfNeeded: 10 &+ Varint.size(time)))
    out.put(0x09)
    out.put(fixed64: bits)
    out.put(0x10)
    Varint.write(time, to: &out)
  }
}
