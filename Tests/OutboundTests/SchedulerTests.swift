import Spool
import Testing

@testable import Outbound

@Suite final class Scheduling {
  private var random = Longest()
  private var scheduler = LaneScheduler(
    {
      var options = BackendOptions(name: "b")
      options.batch.size = 10
      options.batch.bytes = 1000
      options.batch.timeout = .seconds(1)
      options.queue.consumers = 2
      options.queue.maxAge = .seconds(3600)
      return options
    }())

  private func key(_ tenant: String) -> LaneKey { LaneKey(backend: "b", tenant: tenant) }

  private func status(
    _ tenant: String, blocks: Int = 1, size: Int = 10, raw: Int = 10, awaited: Int = 0, oldest: Duration = .zero,
    front: UInt64 = 1
  ) -> LaneStatus {
    var status = LaneStatus(lane: key(tenant))
    status.blocks = blocks
    status.batchSize = size
    status.rawBytes = raw
    status.awaited = awaited
    status.front = blocks > 0 ? Position(order: front) : nil
    status.oldest = blocks > 0 ? start + oldest : nil
    return status
  }

  private func next(_ time: Duration = .zero) -> String? {
    scheduler.wake(at: start + time)
    return scheduler.next(at: start + time)?.tenant
  }

  private func finish(
    _ tenant: String, _ attempt: Attempt = .settled(isAnswer: true), left: LaneStatus? = nil, at time: Duration = .zero
  ) -> Circuit<LaneKey>.Change? {
    scheduler.finish(key(tenant), attempt, left: left ?? status(tenant, blocks: 0), at: start + time, using: &random)
  }

  @Test func `a lane that holds a full batch goes at once`() {
    scheduler.observe(status("a", size: 9), at: start)
    #expect(next() == nil)
    scheduler.observe(status("a", blocks: 2, size: 10), at: start)
    #expect(next() == "a")
  }

  @Test func `bytes fill a batch too`() {
    scheduler.observe(status("a", size: 1, raw: 1000), at: start)
    #expect(next() == "a")
  }

  @Test func `a lane that holds less goes when its oldest block has waited long enough`() {
    scheduler.observe(status("a", size: 1), at: start)
    #expect(scheduler.nextDeadline == start + .seconds(1))
    #expect(next(.milliseconds(999)) == nil)
    #expect(next(.seconds(1)) == "a")
  }

  @Test func `draining waits for nothing`() {
    scheduler.observe(status("a", size: 1), at: start)
    scheduler.drain(at: start)
    #expect(next() == "a")
    scheduler.observe(status("c", size: 1), at: start)
    #expect(next() == "c")
  }

  @Test func `one request per lane and no more than the consumers`() {
    for tenant in ["a", "c", "d"] { scheduler.observe(status(tenant), at: start) }
    #expect([next(), next(), next()] == ["a", "c", nil])
    scheduler.observe(status("a", blocks: 2, size: 20), at: start)
    #expect(finish("c") == nil)
    #expect([next(), next()] == ["d", nil])
  }

  @Test func `lanes take turns`() {
    scheduler.observe(status("a", blocks: 9, size: 90), at: start)
    scheduler.observe(status("c", blocks: 9, size: 90), at: start)
    scheduler.observe(status("d", blocks: 9, size: 90), at: start)
    var order: [String] = []
    for _ in 0..<9 {
      guard let tenant = next() else { break }
      order.append(tenant)
      _ = finish(tenant, left: status(tenant, blocks: 9, size: 90))
    }
    #expect(order == ["a", "c", "d", "a", "c", "d", "a", "c", "d"])
  }

  @Test func `a lane that is empty is forgotten`() {
    scheduler.observe(status("a"), at: start)
    _ = next()
    _ = finish("a")
    #expect(scheduler.isEmpty)
    #expect(scheduler.nextDeadline == nil)
    #expect(scheduler.oldest == nil)
  }

  @Test func `a tenant's 429 holds up its own lane alone`() {
    scheduler.observe(status("a"), at: start)
    scheduler.observe(status("c"), at: start)
    _ = next()
    _ = finish("a", .failed(failure(.lane, status: 429, after: .seconds(9)), givenUp: false), left: status("a"))
    #expect(next() == "c")
    _ = finish("c")
    #expect(next(.milliseconds(8999)) == nil)
    #expect(next(.seconds(9)) == "a")
    #expect(scheduler.lane(key("a"))?.failures == 1)
  }

  @Test func `more blocks do not end a backoff`() {
    scheduler.observe(status("a"), at: start)
    _ = next()
    _ = finish("a", .failed(failure(.lane), givenUp: false), left: status("a"))
    scheduler.observe(status("a", blocks: 50, size: 500), at: start)
    #expect(next(.milliseconds(900)) == nil)
    #expect(next(.seconds(1)) == "a")
  }

  @Test func `a backend that is down gets one probe at a time, then full speed`() {
    for tenant in ["a", "c", "d", "e"] { scheduler.observe(status(tenant), at: start) }
    #expect([next(), next()] == ["a", "c"])
    #expect(finish("a", .failed(failure(.connection, status: nil), givenUp: false), left: status("a")) == .down)
    _ = finish("c", .failed(failure(.connection, status: nil), givenUp: false), left: status("c"))
    #expect(next(.milliseconds(900)) == nil)
    #expect(scheduler.nextDeadline.map { $0 <= start + .seconds(1) } == true)
    #expect(next(.seconds(1)) == "d")
    #expect(next(.seconds(60)) == nil)
    #expect(finish("d", at: .seconds(61)) == .up(after: .seconds(61)))
    #expect([next(.seconds(61)), next(.seconds(61))] == ["e", "a"])
  }

  @Test func `parts of refused blocks go at once, and others wait for company again`() {
    scheduler.observe(status("a", blocks: 4, size: 40), at: start)
    _ = next()
    _ = finish("a", .divided(isAnswer: true, unmerged: false), left: status("a", blocks: 4, size: 1))
    #expect(next() == "a")
    #expect(scheduler.limit(of: key("a")).blocks == .max)
    _ = finish("a", left: status("a", blocks: 2, size: 1, front: 3))
    #expect(next() == nil)
  }

  @Test func `blocks go unmerged for a while after a refusal of which the rest was written`() {
    scheduler.observe(status("a", blocks: 99, size: 40), at: start)
    _ = next()
    _ = finish("a", .divided(isAnswer: true, unmerged: true), left: status("a", blocks: 99))
    for _ in 0..<64 {
      #expect(next() == "a")
      #expect(scheduler.limit(of: key("a")).blocks == 1)
      _ = finish("a", left: status("a", blocks: 99))
    }
    #expect(next() == "a")
    #expect(scheduler.limit(of: key("a")).blocks == .max)
  }

  @Test func `a lane whose front is too old is named in every phase but in flight`() {
    scheduler.observe(status("a"), at: start)
    scheduler.observe(status("c", oldest: .seconds(10)), at: start)
    #expect(scheduler.expired(at: start + .seconds(3599)) == nil)
    #expect(scheduler.expired(at: start + .seconds(3600))?.tenant == "a")
    #expect(next() == "a")
    #expect(scheduler.expired(at: start + .seconds(3600)) == nil)
    #expect(scheduler.oldest == start)
    #expect(scheduler.expired(at: start + .seconds(3610))?.tenant == "c")
    _ = finish("a", .failed(failure(.lane), givenUp: false), left: status("a"))
    #expect(scheduler.expired(at: start + .seconds(3600))?.tenant == "a")
  }

  @Test func `a paused backend starts nothing, and goes on where it was`() {
    scheduler.observe(status("a"), at: start)
    scheduler.isPaused = true
    #expect(next() == nil)
    scheduler.isPaused = false
    #expect(next() == "a")
  }

  @Test func `who waits hears it when the lane backs off, with the status and the time`() {
    scheduler.observe(status("a"), at: start)
    _ = next()
    _ = finish(
      "a", .failed(failure(.lane, status: 429, after: .seconds(9)), givenUp: false), left: status("a", awaited: 1))
    let failing = scheduler.takeFailing(at: start + .seconds(2))
    #expect(failing.map(\.lane.tenant) == ["a"])
    #expect(failing.first?.status == 429)
    #expect(failing.first?.retryAfter == .seconds(7))
    #expect(scheduler.takeFailing(at: start).isEmpty)
  }

  @Test func `who waits in any lane hears it when the backend goes down`() {
    scheduler.observe(status("a"), at: start)
    scheduler.observe(status("c", size: 1, awaited: 1), at: start)
    scheduler.observe(status("d", size: 1), at: start)
    _ = next()
    #expect(scheduler.takeFailing(at: start).isEmpty)
    _ = finish("a", .failed(failure(.connection), givenUp: false), left: status("a"))
    #expect(scheduler.takeFailing(at: start).map(\.lane.tenant) == ["c"])
    scheduler.observe(status("e", awaited: 1), at: start)
    #expect(scheduler.takeFailing(at: start).map(\.lane.tenant) == ["e"])
  }

  @Test func `a change of the batch holds for lanes that gather`() {
    scheduler.observe(status("a", size: 5), at: start)
    var options = BackendOptions(name: "b")
    options.batch.size = 5
    scheduler.update(options, at: start)
    #expect(next() == "a")
  }

  @Test func `lanes that are behind leave room for those that are not`() {
    var options = BackendOptions(name: "b")
    options.queue.consumers = 3
    options.catchUp.mostInFlight = 1
    scheduler.update(options, at: start)
    for tenant in ["a", "c", "d"] { scheduler.observe(status(tenant), at: start) }
    let later = Lane.behindAfter
    scheduler.observe(status("fresh", oldest: later), at: start + later)
    scheduler.drain(at: start + later)
    #expect([next(later), next(later), next(later)] == ["a", "fresh", nil])
    _ = finish("fresh", at: later)
    #expect(next(later) == nil)
    _ = finish("a", at: later)
    #expect([next(later), next(later)] == ["c", nil])
  }

  @Test func `lanes that are behind keep to the rate, others do not wait for it`() {
    var options = BackendOptions(name: "b")
    options.catchUp.samplesPerSecond = 100
    scheduler.update(options, at: start)
    for tenant in ["a", "c"] { scheduler.observe(status(tenant), at: start) }
    let later = Lane.behindAfter
    #expect(next(later) == "a")
    scheduler.charge(key("a"), samples: 200, at: start + later)
    scheduler.observe(status("fresh", oldest: later), at: start + later)
    scheduler.drain(at: start + later)
    #expect([next(later), next(later)] == ["fresh", nil])
    #expect(scheduler.nextDeadline == start + later + .seconds(2))
    #expect(next(later + .seconds(2)) == "c")
  }

  @Test func `what waits for its pace does not wake anybody before a probe may go`() {
    var options = BackendOptions(name: "b")
    options.catchUp.samplesPerSecond = 100
    scheduler.update(options, at: start)
    for tenant in ["a", "c"] { scheduler.observe(status(tenant), at: start) }
    let later = Lane.behindAfter
    #expect(next(later) == "a")
    scheduler.charge(key("a"), samples: 10, at: start + later)
    #expect(next(later) == nil)
    let refused = failure(.connection, after: .seconds(5))
    #expect(finish("a", .failed(refused, givenUp: false), left: status("a"), at: later) == .down)
    #expect(scheduler.nextDeadline == start + later + .seconds(5))
    #expect(next(later + .seconds(1)) == nil)
    #expect(next(later + .seconds(5)) != nil)
    #expect(scheduler.nextDeadline.map { $0 > start + later + .seconds(5) } ?? true)
  }

  @Test func `what may have reached the backend goes again without company`() {
    scheduler.observe(status("a", blocks: 9, size: 90), at: start)
    _ = next()
    scheduler.note(.blocks(3), of: key("a"))
    _ = finish("a", .failed(failure(.backend), givenUp: false), left: status("a", blocks: 20, size: 200))
    #expect(scheduler.limit(of: key("a")).blocks == 3)
    _ = next(.seconds(60))
    _ = finish("a", left: status("a", blocks: 17, size: 170), at: .seconds(60))
    #expect(scheduler.limit(of: key("a")).blocks == .max)
  }

  @Test func `what an earlier process left goes block by block until one is taken`() {
    scheduler.observe(status("a", blocks: 9, size: 90), at: start)
    scheduler.note(.each, of: key("a"))
    #expect(scheduler.limit(of: key("a")).blocks == 1)
    _ = next()
    _ = finish("a", left: status("a", blocks: 8, size: 80))
    #expect(scheduler.limit(of: key("a")).blocks == 1)
    scheduler.note(.nothing, of: key("a"))
    #expect(scheduler.limit(of: key("a")).blocks == .max)
  }

  @Test func `many lanes come and go without a trace`() {
    for number in 0..<20_000 {
      scheduler.observe(status("\(number)", size: number % 2 == 0 ? 10 : 1), at: start)
    }
    #expect(scheduler.laneCount == 20_000)
    var sent = 0
    while let tenant = next(.seconds(1)) {
      sent += 1
      _ = finish(tenant)
    }
    #expect(sent == 20_000)
    #expect(scheduler.isEmpty)
    #expect(scheduler.nextDeadline == nil)
  }
}
