import TestSupport
import Testing

@testable import Rules

@Suite struct ActiveSeriesTests {
  private let start = ContinuousClock.now

  @Test func `series that are known go on, others only below the limit`() {
    let active = Held(now: start)
    #expect((1...10).allSatisfy { active.admit($0, limit: 10) })
    #expect(!active.admit(11, limit: 10))
    #expect((1...10).allSatisfy { active.admit($0, limit: 10) } && active.count == 10)
    #expect(active.admit(11, limit: 11) && active.count == 11)
  }

  @Test func `a series is active for one to two generations after it came`() {
    let active = Held(now: start)
    #expect((1...10).allSatisfy { active.admit($0, limit: 10) })
    let first = active.epoch
    active.advance(to: start + ActiveSeries.generation)
    #expect(active.epoch != first && active.count == 10)
    #expect(active.admit(1, limit: 10) && !active.admit(99, limit: 10))
    active.advance(to: start + ActiveSeries.generation * 2)
    #expect(active.count == 1)
    #expect((20...28).allSatisfy { active.admit($0, limit: 10) } && !active.admit(29, limit: 10))
    active.advance(to: start + ActiveSeries.generation * 9)
    #expect(active.count == 0)
  }

  @Test func `nothing changes within a generation`() {
    let active = Held(now: start)
    let first = active.epoch
    active.advance(to: start + ActiveSeries.generation - .seconds(1))
    #expect(active.epoch == first)
  }

  @Test func `a hundred thousand series are counted to within one in ten thousand`() {
    var set = SeriesSet()
    var dice = SeededGenerator(seed: 7)
    for _ in 0..<100_000 { _ = set.insert(UInt32(truncatingIfNeeded: dice.next())) }
    let count = set.count
    #expect(count > 99_990 && count <= 100_000)
    let (isNew, isNewAgain) = (set.insert(0), set.insert(0))
    let isThere = set.contains(0)
    #expect(isNew && !isNewAgain && isThere)
  }
}

/// Active series that an expectation may look at, which does not take what cannot be copied.
private final class Held {
  private var active: ActiveSeries

  init(now: ContinuousClock.Instant) { active = ActiveSeries(now: now) }

  var count: Int { active.count }
  var epoch: UInt32 { active.epoch }

  func admit(_ series: UInt32, limit: Int) -> Bool { active.admit(series, limit: limit) }
  func advance(to now: ContinuousClock.Instant) { active.advance(to: now) }
}
