import Memory
import Model
import Testing

@Suite struct SeriesBatchTests {
  private func record(samples: UInt32 = 1, histograms: UInt32 = 0, exemplars: UInt32 = 0) -> SeriesRecord {
    SeriesRecord(
      labels: .empty, payload: .empty, encoded: .empty, samples: samples, histograms: histograms, exemplars: exemplars)
  }

  private func filled() -> SeriesBatch {
    let batch = SeriesBatch(arena: Buffer(capacity: 8))
    batch.arena.append("content")
    batch.append(record(samples: 2, histograms: 1, exemplars: 3))
    batch.metadata.append(MetadataRecord(type: .gauge, family: .empty, help: .empty, unit: .empty))
    batch.refusals.add(.noRoute, detail: "refused")
    batch.wholeRequest = ByteRange(0, 7)
    batch.wholeRequestHoldsMetadata = true
    return batch
  }

  @Test func `a series that is added is counted with all it brings`() {
    let batch = SeriesBatch(arena: Buffer(capacity: 8))
    batch.append(record(samples: 3, histograms: 1, exemplars: 2))
    batch.append(record(samples: 1, histograms: 4, exemplars: 0))
    #expect(batch.series.count == 2)
    #expect(batch.sampleCount == 4)
    #expect(batch.histogramCount == 5)
    #expect(batch.exemplarCount == 2)
  }

  @Test func `a batch that was emptied is as a new one`() {
    let batch = filled()
    batch.removeAll()
    #expect(batch.arena.count == 0)
    #expect(batch.series.count == 0)
    #expect(batch.metadata.count == 0)
    #expect(batch.refusals.isEmpty)
    #expect(batch.wholeRequest == nil)
    #expect(!batch.wholeRequestHoldsMetadata)
    #expect([batch.sampleCount, batch.histogramCount, batch.exemplarCount] == [0, 0, 0])
  }

  @Test func `a batch that was emptied keeps its memory`() {
    let batch = filled()
    for _ in 0..<5000 { batch.append(record()) }
    let (arena, series) = (batch.arena.base, batch.series.base)
    batch.removeAll()
    #expect(batch.arena.base == arena)
    #expect(batch.series.base == series)
  }

  @Test func `a range is a view into the arena`() {
    let batch = SeriesBatch(arena: Buffer(capacity: 8))
    batch.arena.append("hello world")
    #expect(batch.bytes(ByteRange(6, 11)).text == "world")
    #expect(batch.bytes(.empty).isEmpty)
  }

  @Test func `the labels of a series are read where they lie`() {
    let batch = SeriesBatch(arena: Buffer(capacity: 8))
    batch.arena.append("something before")
    let start = batch.arena.count
    batch.arena.append(Array("job".utf8), Array("x".utf8))
    var record = record()
    record.labels = ByteRange(start, batch.arena.count)
    batch.append(record)
    let labels = batch.labels(of: batch.series[0]).map { "\($0.name.text)=\($0.value.text)" }
    #expect(labels == ["job=x"])
  }

  // The numbers are those of the protocol: `prometheus.MetricMetadata.MetricType`.
  @Test func `metric types have the numbers of the wire`() {
    let types: [MetricType] = [.unknown, .counter, .gauge, .histogram, .gaugeHistogram, .summary, .info, .stateSet]
    #expect(types.map(\.rawValue) == Array(0...7))
  }

  @Test func `the staleness marker is a NaN of its own`() {
    #expect(Double(bitPattern: SampleValue.stale).isNaN)
    #expect(Double(bitPattern: SampleValue.notANumber).isNaN)
    #expect(SampleValue.stale == 0x7FF0_0000_0000_0002)
  }
}
