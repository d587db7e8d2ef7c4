import Testing

@testable import Threads

@Suite struct PaceTests {
  private func pace(of intervals: Int, each: Duration, from pace: Pace = Pace()) -> Pace {
    var pace = pace
    for _ in 0..<intervals { pace.note(each) }
    return pace
  }

  @Test func `it comes to what is always the same`() {
    let pace = pace(of: 60, each: .milliseconds(10))
    #expect(pace.interval > .milliseconds(9) && pace.interval <= .milliseconds(10))
  }

  @Test func `one long interval among short ones counts little`() {
    var pace = pace(of: 60, each: .milliseconds(10))
    pace.note(.seconds(10))
    #expect(pace.interval < .milliseconds(13))
  }

  @Test func `many long ones in a row soon count in full`() {
    let pace = pace(of: 60, each: .seconds(1), from: pace(of: 60, each: .milliseconds(1)))
    #expect(pace.interval > .milliseconds(500))
  }

  @Test func `it is soon fast again`() {
    let pace = pace(of: 30, each: .zero, from: pace(of: 60, each: .seconds(1)))
    #expect(pace.interval < .milliseconds(20))
  }
}
