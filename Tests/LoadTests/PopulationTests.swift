import Testing

@testable import Load

@Suite struct Populations {
  @Test(arguments: LoadProtocol.allCases)
  func `the same seed makes the same series and values`(_ wire: LoadProtocol) {
    #expect(wire.batches(.test()).map(\.series) == wire.batches(.test()).map(\.series))
  }

  @Test(arguments: LoadProtocol.allCases)
  func `another seed makes other series`(_ wire: LoadProtocol) {
    let some = Set(wire.batches(.test(seed: 1)).flatMap(\.series).map(\.labels))
    let others = Set(wire.batches(.test(seed: 2)).flatMap(\.series).map(\.labels))
    #expect(some.isDisjoint(with: others))
  }

  @Test(arguments: LoadProtocol.allCases, [1, 11, 12, 13, 100, 1003])
  func `a tenant has as many series as asked for, no two with the same labels`(_ wire: LoadProtocol, _ count: Int) {
    let batches = wire.batches(.test(series: count))
    for tenant in ["red", "blue"] {
      let series = batches.filter { $0.tenant == tenant }.flatMap(\.series)
      #expect(series.count == count)
      #expect(Set(series.map(\.labels)).count == count)
      #expect(series.allSatisfy { $0.labels.contains(SeriesLabel("load_tenant", tenant)) })
    }
  }

  @Test(arguments: LoadProtocol.allCases)
  func `a series has about ten labels`(_ wire: LoadProtocol) {
    for series in wire.batches(.test()).flatMap(\.series) { #expect((10...13).contains(series.labels.count)) }
  }

  @Test(arguments: LoadProtocol.allCases)
  func `a batch is no larger than asked for`(_ wire: LoadProtocol) {
    #expect(wire.batches(.test(batch: 40)).allSatisfy { $0.series.count <= 40 })
  }

  @Test(arguments: LoadProtocol.allCases, [0, 1, 9, 100_000])
  func `what is encoded is what is described`(_ wire: LoadProtocol, _ tick: Int) throws {
    for batch in wire.batches(.test()) {
      let time = 1_800_000_000_123 + Int64(tick)
      let decoded = try Decoded(batch, wire, tick: tick, time: time)
      #expect(decoded.refusals == 0)
      let described = batch.series.map { Decoded.Series(labels: $0.labels, time: time, value: $0.value(at: tick)) }
      #expect(decoded.series.count == described.count)
      #expect(Set(decoded.series) == Set(described))
    }
  }

  @Test func `a remote-write body is canonical, so that a gateway may pass it on as it is`() throws {
    for batch in LoadProtocol.remoteWrite.batches(.test()) {
      #expect(try Decoded(batch, .remoteWrite, tick: 3, time: 5).hasWholeRequest)
    }
  }

  @Test(arguments: LoadProtocol.allCases)
  func `values ascend by exact steps`(_ wire: LoadProtocol) {
    for series in wire.batches(.test()).flatMap(\.series) {
      for tick in [0, 1, 1000, 99_999] {
        #expect(series.value(at: tick + 1) - series.value(at: tick) == series.step)
      }
      #expect(series.step > 0)
    }
  }

  @Test func `no counter comes near another one's values in its first 100,000 ticks`() {
    let counters = LoadProtocol.remoteWrite.batches(.test(series: 200)).flatMap(\.series).filter {
      $0.base == $0.base.rounded()
    }
    let ranges = counters.map { $0.value(at: 0)...$0.value(at: 100_000) }.sorted { $0.lowerBound < $1.lowerBound }
    #expect(ranges.count > 100)
    for (one, next) in zip(ranges, ranges.dropFirst()) { #expect(one.upperBound < next.lowerBound) }
  }

  @Test func `translated names are of every kind`() {
    let names = Set(
      LoadProtocol.otlp.batches(.test(series: 200)).flatMap(\.series).compactMap { series in
        series.labels.first { $0.name == "__name__" }?.value
      })
    for name in [
      "load_http_server_request_duration_seconds_bucket", "load_http_server_response_body_size_bytes_sum",
      "load_http_server_requests_total", "load_process_cpu_utilization_ratio", "load_process_cpu_time_seconds_total",
      "load_queue_length",
    ] {
      #expect(names.contains(name))
    }
  }
}
