internal import Memory
internal import Outbound
internal import Threads
internal import Wire

/// One connection with the batches that always take it, in its own thread: that keeps each series in order.
struct Connection: Sendable {
  let plan: LoadPlan
  /// Numbers of batches.
  let batches: [Int]
  let all: [Batch]
  let schedule: Schedule
  let state: Condition<SendingState>

  /// Returns when all is sent, or it is too late, or the load was stopped.
  func run() {
    defer {
      state.withLock { $0.working -= 1 }
      state.broadcast()
    }
    do throws(HTTPClientError) {
      try send(HTTPClient(userAgent: "sluice-load", timeout: .seconds(30)))
    } catch {
      state.withLock { $0.counts.note(error.text) }
    }
  }

  private func send(_ client: HTTPClient) {
    let body = Buffer(capacity: 64 << 10)
    let wire = Buffer(capacity: 64 << 10)
    for tick in 0..<plan.ticks {
      for (place, number) in batches.enumerated() {
        guard wait(until: schedule.due(tick, share: Double(place) / Double(batches.count))) else { return }
        guard MonotonicTime.now < schedule.deadline else { return }
        encode(all[number], tick, body, wire)
        let isConfirmed = deliver(wire, of: all[number], client)
        state.withLock { state in
          state.deliveries[number].sent(confirmed: isConfirmed)
          if isConfirmed {
            state.counts.accepted += all[number].series.count
          } else {
            state.counts.refused += all[number].series.count
          }
        }
      }
    }
  }

  private func encode(_ batch: Batch, _ tick: Int, _ body: Buffer, _ wire: Buffer) {
    wire.count = 0
    let time = schedule.time(of: tick)
    switch plan.wire {
    case .otlp:
      batch.encode(tick: tick, time: time, start: schedule.countingStart, into: wire)
    case .remoteWrite:
      body.count = 0
      batch.encode(tick: tick, time: time, start: schedule.countingStart, into: body)
      Snappy.compress(body.bytes, into: wire)
    }
  }

  /// Sends the body until there is an answer that ends it. True when the server has taken it.
  private func deliver(_ body: Buffer, of batch: Batch, _ client: HTTPClient) -> Bool {
    let url = plan.url(for: batch.tenant)
    let headers = headers(for: batch.tenant)
    while true {
      let begun = ContinuousClock.now
      state.withLock { $0.counts.inFlight += 1 }
      let judgement = post(client, url, headers, body)
      let retry = note(judgement, took: begun.duration(to: .now), bytes: body.count)
      guard let retry else { return judgement == .accepted }
      let again = MonotonicTime.now.advanced(by: retry)
      guard again < schedule.deadline, wait(until: again) else { return false }
      state.withLock { $0.counts.retries += 1 }
    }
  }

  private func post(_ client: HTTPClient, _ url: String, _ headers: [HeaderField], _ body: Buffer) -> Judgement {
    do throws(HTTPClientError) {
      return Judgement(try client.post(url, headers: headers, body: body.bytes), plan.wire)
    } catch {
      return Judgement(error)
    }
  }

  /// Returns the time to wait before the next attempt, if there is to be one.
  private func note(_ judgement: Judgement, took duration: Duration, bytes: Int) -> Duration? {
    state.withLock { state in
      state.counts.inFlight -= 1
      state.counts.bytes += bytes
      state.counts.latencies.add(duration)
      switch judgement {
      case .accepted:
        state.counts.requests += 1
        return nil
      case .refused(let reason):
        state.counts.requests += 1
        state.counts.note(reason)
        return nil
      case .retry(let after, let reason):
        state.counts.note(reason)
        return after
      }
    }
  }

  private func headers(for tenant: String) -> [HeaderField] {
    var headers = plan.headers
    if let name = plan.tenantHeader, let field = HeaderField(name, tenant) { headers.append(field) }
    return headers + plan.wire.headers
  }

  /// False when the load was stopped meanwhile.
  private func wait(until moment: MonotonicTime) -> Bool {
    state.wait(until: moment) { $0.isStopped ? true : nil } == nil
  }
}

extension LoadProtocol {
  fileprivate var headers: [HeaderField] {
    switch self {
    case .remoteWrite:
      [
        HeaderField("Content-Encoding", "snappy"), HeaderField("Content-Type", "application/x-protobuf"),
        HeaderField("X-Prometheus-Remote-Write-Version", "0.1.0"),
      ].compactMap(\.self)
    case .otlp:
      [HeaderField("Content-Type", "application/x-protobuf")].compactMap(\.self)
    }
  }
}
