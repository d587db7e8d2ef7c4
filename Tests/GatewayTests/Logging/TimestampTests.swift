import Foundation
import Testing

@testable import Gateway

@Suite struct TimestampTests {
  @Test func `a timestamp has the form of RFC 3339 in UTC, with milliseconds`() throws {
    let now = Timestamp.now()
    #expect(now.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(now)")
  }

  @Test func `a timestamp is the time it is made`() throws {
    let before = Date.now
    let date = try Date(Timestamp.now(), strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    // Digits behind the millisecond are cut.
    #expect(date.timeIntervalSince(before) > -0.002)
    #expect(date <= Date.now)
  }

  @Test func `seconds are those since 1970`() {
    let before = Date.now.timeIntervalSince1970
    let seconds = Timestamp.seconds()
    #expect(seconds >= before - 0.001)
    #expect(seconds <= Date.now.timeIntervalSince1970 + 0.001)
  }
}
