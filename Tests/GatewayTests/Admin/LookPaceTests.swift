import TestSupport
import Testing
import Threads

@testable import Gateway

/// Whose turn it is to be looked at.
@Suite struct LookPaceTests {
  private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

  /// How many of requests that come every `gap` have their turn.
  private func taken(_ requests: Int, every gap: Duration, by chance: () -> Int) -> Int {
    let pace = LookPace()
    return (0..<requests).count { pace.isDue(start.advanced(by: gap * $0), by: chance) }
  }

  @Test func `of few requests everyone has its turn`() {
    #expect(taken(1000, every: LookPace.interval) { 1 } == 1000)
    #expect(taken(LookPace.burst / 2, every: .zero) { 1 } == LookPace.burst / 2)
  }

  @Test func `of many it is so many a second, beside what is left of a quiet time`() {
    let turns = taken(10_000, every: .milliseconds(1)) { 0 }
    #expect(turns == 10_000 / 50 + LookPace.burst - 1)
    #expect(taken(1000, every: .zero) { 0 } == LookPace.burst)
  }

  @Test func `who always comes right behind another has its turn too`() {
    let pace = LookPace()
    var generator = SeededGenerator(seed: 11)
    var turns = [0, 0]
    for pair in 0..<10_000 {
      for place in 0..<2 {
        let now = start.advanced(by: .milliseconds(10 * pair) + .microseconds(place))
        if pace.isDue(now, by: { Int.random(in: 0..<4, using: &generator) }) { turns[place] += 1 }
      }
    }
    #expect(turns[0] + turns[1] > 1900)
    #expect(turns[1] > turns[0] / 2)
  }
}
