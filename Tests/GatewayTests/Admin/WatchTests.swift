import Config
import JSON
import Testing

@testable import Gateway

/// When a change on trial is taken back.
@Suite struct WatchTests {
  private func vitals(_ bad: Int, of all: Int) -> Vitals { Vitals(requests: Vitals.Count(all: all, bad: bad)) }

  private func trial(before: Vitals = Vitals(), _ terms: Watch.Terms = .init(period: .seconds(60))) -> WatchTrial {
    WatchTrial(terms: terms, began: .now, before: before, start: Vitals())
  }

  @Test func `a rise beyond the bound is a fault, and what was as bad before is none`() {
    #expect(trial().fault(vitals(5, of: 100)) != nil)
    #expect(trial().fault(vitals(5, of: 1000)) == nil)
    #expect(trial(before: vitals(4, of: 100)).fault(vitals(49, of: 1000)) == nil)
    #expect(trial(before: vitals(4, of: 100)).fault(vitals(60, of: 1000)) != nil)
    #expect(trial(before: vitals(50, of: 100)).fault(vitals(40, of: 100)) == nil)
  }

  @Test func `a few are an accident`() {
    #expect(trial().fault(vitals(4, of: 4)) == nil)
    #expect(trial().fault(Vitals(series: .init(all: 49, bad: 49))) == nil)
    #expect(trial().fault(Vitals(series: .init(all: 50, bad: 50))) != nil)
    #expect(trial().fault(Vitals(backends: ["a": .init(all: 2, bad: 2)])) == nil)
    #expect(trial().fault(Vitals()) == nil)
  }

  @Test func `one backend among many that are well is enough, and only one that was well before`() {
    let now = Vitals(backends: ["a": .init(all: 10_000), "b": .init(all: 10, bad: 3)])
    #expect(trial().fault(now)?.contains("backend b") == true)
    #expect(trial(before: Vitals(backends: ["b": .init(all: 10, bad: 4)])).fault(now) == nil)
    let patient = Watch.Terms(period: .seconds(1), maxRefusals: 0.01, maxErrors: 0.5)
    #expect(trial(patient).fault(now) == nil)
  }

  @Test func `the history gives what came since a moment that is old enough`() {
    var history = VitalsHistory()
    let start = ContinuousClock.now
    #expect(history.since(.seconds(30), vitals(1, of: 7), at: start) == Vitals())
    for second in 0...600 { history.add(vitals(0, of: second), at: start + .seconds(second)) }
    let now = start + .seconds(600)
    #expect(history.since(.seconds(30), vitals(0, of: 600), at: now).requests.all == 30)
    #expect(history.since(.seconds(300), vitals(0, of: 600), at: now).requests.all == 300)
    // No more is kept.
    #expect(history.since(.seconds(600), vitals(0, of: 600), at: now).requests.all == 300)
  }

  @Test func `it is stored and read again`() throws {
    let terms = Watch.Terms(period: .seconds(90), maxRefusals: 0.25, maxErrors: 1)
    let watch = Watch(revision: 7, previous: 3, caller: "ops", terms)
    for one in [watch, watch.ended(.rolledBack, "why", successor: 8), watch.ended(.failed, "why")] {
      #expect(Watch(stored: try JSONValue(parsing: one.stored.bytes())) == one)
    }
    #expect(Watch(stored: ["state": "watching"]) == nil)
    #expect(Watch(stored: 1) == nil)
  }

  @Test func `terms are read with every mistake at its place`() throws {
    let place = DocumentPath().key("watch")
    let terms = try Watch.Terms(["period": "5m", "max_errors": 0.5], at: place)
    #expect(terms == Watch.Terms(period: .seconds(300), maxRefusals: 0.01, maxErrors: 0.5))
    let wrong: [(JSONValue, String)] = [
      (1, "/watch"), ([:], "/watch"), (["period": "5"], "/watch/period"), (["period": "25h"], "/watch/period"),
      (["period": "1ms"], "/watch/period"), (["period": "1s", "max_errors": 2], "/watch/max_errors"),
      (["period": "1s", "x": 2], "/watch/x"),
    ]
    for (json, pointer) in wrong {
      let problem = #expect(throws: Problem.self) { _ = try Watch.Terms(json, at: place) }
      #expect(problem?.errors.first?.pointer == pointer)
    }
  }
}
