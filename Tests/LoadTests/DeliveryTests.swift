import Testing

@testable import Load

@Suite struct Deliveries {
  @Test func `unconfirmed ticks are kept as ranges`() {
    var delivery = BatchDelivery()
    for confirmed in [true, false, false, true, false] { delivery.sent(confirmed: confirmed) }
    #expect(delivery == BatchDelivery(ticks: 5, unconfirmed: [1..<3, 4..<5]))
    #expect(delivery.confirmed == 2)
    #expect((0..<5).map(delivery.isConfirmed) == [true, false, false, true, false])
  }
}

@Suite struct LatencyPercentiles {
  @Test(arguments: [1, 63, 64, 100, 999, 12_345, 1_000_000, 29_999_999])
  func `a percentile is within three per cent, never below`(_ microseconds: Int64) throws {
    var latencies = Latencies()
    latencies.add(.microseconds(microseconds))
    let found = try #require(latencies.percentile(0.5)) / .microseconds(1)
    #expect(found >= Double(microseconds) && found <= Double(microseconds) * 1.032)
  }

  @Test func `the 99th percentile leaves out the slowest hundredth`() throws {
    var latencies = Latencies()
    for _ in 0..<99 { latencies.add(.microseconds(10)) }
    latencies.add(.seconds(1))
    #expect(latencies.percentile(0.99) == .microseconds(10))
    #expect(try #require(latencies.percentile(1)) >= .seconds(1))
  }

  @Test func `there is none without an answer`() { #expect(Latencies().percentile(0.5) == nil) }
}
