import Testing
import Threads

@testable import Load

@Suite struct Schedules {
  private func schedule() throws -> Schedule {
    Schedule(
      try LoadPlan(
        .otlp, url: "http://h", shape: .test(), pace: .interval(.milliseconds(250)), duration: .seconds(10)))
  }

  @Test func `timestamps ascend by the interval`() throws {
    let schedule = try schedule()
    for tick in 0..<100 { #expect(schedule.time(of: tick + 1) - schedule.time(of: tick) == 250) }
  }

  @Test func `nothing is due before its timestamp, nor a tick after it`() throws {
    let schedule = try schedule()
    let begin = schedule.due(0, share: 0).nanoseconds
    for tick in [0, 1, 39] {
      for share in [0, 0.25, 0.75] {
        let due = schedule.due(tick, share: share).nanoseconds - begin
        let time = UInt64(schedule.time(of: tick) - schedule.firstTime) * 1_000_000
        #expect(due >= time && due < time + 250_000_000)
      }
    }
  }

  @Test func `counting began before the first sample`() throws {
    let schedule = try schedule()
    #expect(schedule.countingStart < schedule.firstTime)
  }
}
