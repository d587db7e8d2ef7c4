import Testing

@testable import Gateway

@Suite struct DurationHistogramTests {
  private func bucket(_ duration: Duration) -> Int? {
    let histogram = DurationHistogram()
    histogram.observe(duration)
    return histogram.snapshot.counts.firstIndex(of: 1)
  }

  @Test func `a new histogram has seen nothing`() {
    let (counts, sum) = DurationHistogram().snapshot
    #expect(counts == [Int](repeating: 0, count: DurationHistogram.bounds.count + 1))
    #expect(sum == 0)
  }

  @Test func `bounds ascend`() {
    #expect(DurationHistogram.bounds == DurationHistogram.bounds.sorted())
    #expect(Set(DurationHistogram.bounds).count == DurationHistogram.bounds.count)
  }

  @Test(arguments: DurationHistogram.bounds.enumerated().map { ($0, $1) })
  func `a bound belongs to the bucket below it`(_ index: Int, _ bound: Double) {
    #expect(bucket(.seconds(bound)) == index)
    #expect(bucket(.seconds(bound) + .microseconds(1)) == index + 1)
  }

  @Test func `nothing at all is in the first bucket, an hour in the last`() {
    #expect(bucket(.zero) == 0)
    #expect(bucket(.seconds(3600)) == DurationHistogram.bounds.count)
  }

  @Test func `the sum is in seconds`() {
    let histogram = DurationHistogram()
    histogram.observe(.milliseconds(250))
    histogram.observe(.seconds(2))
    #expect(histogram.snapshot.sum == 2.25)
  }

  @Test func `observing on many threads loses nothing`() async {
    let histogram = DurationHistogram()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { for _ in 0..<2000 { histogram.observe(.seconds(1)) } } }
    }
    #expect(histogram.snapshot.counts.reduce(0, +) == 8000)
    #expect(histogram.snapshot.sum == 8000)
  }
}
