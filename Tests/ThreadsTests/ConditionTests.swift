import Testing
import Threads

@Suite struct ConditionTests {
  @Test func `a waiter goes on when the state is as it wants`() throws {
    let condition = Condition(0)
    let thread = try Thread(name: "counter") {
      for _ in 0..<100 {
        condition.withLock { $0 += 1 }
        condition.signal()
      }
    }
    #expect(condition.wait { $0 == 100 ? "there" : nil } == "there")
    thread.join()
  }

  @Test func `a wait ends with nil at its deadline, not before`() {
    let condition = Condition(0)
    let deadline = MonotonicTime.now.advanced(by: .milliseconds(30))
    #expect(condition.wait(until: deadline) { $0 > 0 ? true : nil } == nil)
    #expect(MonotonicTime.now >= deadline)
  }

  @Test func `a wait whose deadline has passed still looks once`() {
    let condition = Condition(1)
    #expect(condition.wait(until: MonotonicTime(nanoseconds: 0)) { $0 > 0 ? true : nil } == true)
  }

  @Test(arguments: [
    (Duration.seconds(-1), UInt64(5)), (.zero, 5), (.nanoseconds(7), 12), (.seconds(2), 2_000_000_005),
    (.seconds(Int64.max), .max),
  ])
  func `time moves by a duration and never backwards or beyond its range`(_ duration: Duration, _ result: UInt64) {
    #expect(MonotonicTime(nanoseconds: 5).advanced(by: duration).nanoseconds == result)
  }

  @Test func `join returns when the body has returned`() throws {
    let condition = Condition(false)
    let thread = try Thread(name: "a name that is longer than fifteen bytes") { condition.withLock { $0 = true } }
    thread.join()
    #expect(condition.withLock { $0 })
    thread.join()
  }
}
