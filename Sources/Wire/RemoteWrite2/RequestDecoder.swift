internal import Memory
internal import Model

/// What `RemoteWrite2Decoder` does, as one value: a class would have each access to its parts checked, label by label.
struct RequestDecoder: ~Copyable {
  private var symbols = Symbols()
  private var references = Column<UInt32>()
  private var labels = SeriesLabels()
  private var exemplars = ExemplarReferences()
  private var families = SeriesFamilies()
  private var limit = 0
  private var keepsStartTimes = true
  private var lostStartTimes = 0

  mutating func decode(
    _ body: Buffer, into batch: SeriesBatch, limit: Int, keepsStartTimes: Bool
  ) throws(WireError) {
    try symbols.read(body, limit: limit)
    self.keepsStartTimes = keepsStartTimes
    lostStartTimes = 0
    self.limit = limit - symbols.size
    families.removeAll()
    body.clearTail()
    let start = batch.arena.count
    var reader = WireReader(base: UnsafePointer(body.base), position: 0, end: body.count)
    var number = 0
    while let tag = try reader.tag() {
      guard tag == 0x2A else {
        try reader.skip(tag)
        continue
      }
      do throws(WireError) {
        try decodeSeries(reader.message(), batch)
      } catch {
        throw error.inside("timeseries[\(number)]")
      }
      number += 1
    }
    if !batch.series.isEmpty { batch.wholeRequest = ByteRange(start, batch.arena.count) }
    batch.losses.add(.startTime, lostStartTimes)
    try families.write(to: batch, symbols, reader.base, limit: self.limit)
  }

  private mutating func decodeSeries(_ series: WireReader, _ batch: SeriesBatch) throws(WireError) {
    let outline = try SeriesOutline(series, &references)
    let arena = batch.arena
    var reason = try labels.resolve(references, symbols, series.base, room: limit - arena.count)
    if reason == nil { reason = outline.refusal(symbols) }
    if let reason {
      refuse(reason, reason.words, series, batch)
      // Looking at the labels was work, and no small body may make much of it.
      limit -= labels.encodedSize
      return
    }
    let start = arena.count
    try makeRoom(labels.encodedSize + Self.frame, arena, at: series.position)
    // Most series take two bytes for their length; one that does not is moved when it is known.
    arena.count = start + Self.frame
    labels.write(to: arena, from: series.base)
    let labelsEnd = arena.count
    let refused = try appendPayload(series, outline, batch)
    let length = arena.count - start - Self.frame
    let shift = 1 + Varint.size(length) - Self.frame
    if shift != 0 {
      arena.reserve(max(shift, 0))
      (arena.base + start + Self.frame + shift).update(from: arena.base + start + Self.frame, count: length)
      arena.count += shift
    }
    var out = arena.base + start
    out[0] = 0x0A
    out += 1
    Varint.write(UInt64(length), to: &out)
    batch.append(
      SeriesRecord(
        labels: ByteRange(start + Self.frame + shift, labelsEnd + shift),
        payload: ByteRange(labelsEnd + shift, arena.count), encoded: ByteRange(start, arena.count),
        samples: outline.samples, histograms: outline.histograms, exemplars: outline.exemplars - refused))
    families.note(outline, labels.metricName, series.base)
  }

  // A tag, and a length of two bytes.
  private static let frame = 3

  /// - Returns: how many exemplars were refused.
  private mutating func appendPayload(
    _ series: WireReader, _ outline: SeriesOutline, _ batch: SeriesBatch
  ) throws(WireError) -> UInt32 {
    var reader = series
    var refused: UInt32 = 0
    while let tag = try reader.tag() {
      switch tag {
      case 0x12:
        let sample = try reader.message()
        try makeRoom(sample.rest.count + Self.mostOverhead, batch.arena, at: sample.position)
        if keepsStartTimes {
          try SampleCopy.append(sample, start: outline.created, to: batch.arena)
        } else if try SampleCopy.appendWithoutStart(sample, to: batch.arena) || outline.created != 0 {
          lostStartTimes += 1
        }
      case 0x1A:
        let histogram = try reader.message()
        // Numbers that come one by one take up to twice their room once each is a run of its own.
        try makeRoom(histogram.rest.count * 2 + Self.mostOverhead, batch.arena, at: histogram.position)
        if keepsStartTimes {
          try HistogramCopy.append(histogram, start: outline.created, to: batch.arena)
        } else if try HistogramCopy.appendWithoutStart(histogram, to: batch.arena) || outline.created != 0 {
          lostStartTimes += 1
        }
      case 0x22:
        let exemplar = try reader.message()
        if let reason = try exemplars.read(exemplar, symbols) {
          refused += 1
          refuse(.invalidExemplar, reason, series, batch)
        } else {
          try makeRoom(exemplars.encodedSize + Self.mostOverhead, batch.arena, at: exemplar.position)
          exemplars.write(to: batch.arena, from: series.base)
        }
      default: try reader.skip(tag)
      }
    }
    return refused
  }

  // A tag, a length, a value and two timestamps.
  private static let mostOverhead = 48

  private func makeRoom(_ bytes: Int, _ arena: Buffer, at position: Int) throws(WireError) {
    guard bytes <= limit - arena.count else { throw WireError(.tooLarge, at: position) }
    arena.reserve(bytes)
  }

  private func refuse(_ reason: RefusalReason, _ words: String, _ series: WireReader, _ batch: SeriesBatch) {
    let isTold = batch.refusals.details.count < Refusals.mostDetails
    let detail = isTold ? words + " in series " + describe(series.base) : ""
    batch.refusals.add(reason, detail: detail)
  }

  /// The series in exposition form, shortened, for a message to the sender.
  private func describe(_ base: UnsafePointer<UInt8>) -> String {
    var shown: [String] = []
    for index in stride(from: 0, to: min(references.count & ~1, 16), by: 2) {
      shown.append("\(text(references[index], base))=\"\(text(references[index + 1], base))\"")
    }
    return "{" + String(shown.joined(separator: ",").prefix(256)) + (references.count > 17 ? ",…" : "") + "}"
  }

  private func text(_ reference: UInt32, _ base: UnsafePointer<UInt8>) -> String {
    guard let symbol = symbols[reference] else { return "#\(reference)" }
    return UnsafeRawBufferPointer(start: base + Int(symbol.offset), count: min(Int(symbol.length), 256)).text
  }
}

extension RefusalReason {
  /// What is wrong with a series, for its sender.
  fileprivate var words: String {
    switch self {
    case .noLabels: "no labels"
    case .noMetricName: "no metric name"
    case .emptyLabelName: "an empty label name"
    case .duplicateLabelName: "a label name twice"
    case .invalidUTF8: "a string that is not UTF-8"
    case .noSamples: "neither sample nor histogram nor exemplar"
    case .invalidReference: "references that do not fit the symbols"
    case .invalidHistogram, .unsupportedType, .unsupportedTemporality, .invalidName, .invalidTimestamp,
      .invalidExemplar, .noRoute, .noTenant, .invalidTenant, .forbiddenTenant, .invalidHeader, .tooManyLabels,
      .tooManyClusters, .tooManyTenants, .labelNameTooLong, .labelValueTooLong, .tooManyActiveSeries, .rateLimited:
      rawValue
    }
  }
}
