internal import JSON
internal import Outbound
internal import Spool

extension BackendStatistics {
  /// What the admin API says of a backend: how it is, and what became of what it was given since the process began.
  ///
  /// - Parameter capacity: bytes that the queue may hold; nil for one on its way out.
  func json(capacity: Int?) -> JSONObject {
    var object = JSONObject([
      ("name", .string(name)), ("up", .bool(downFor == nil)), ("paused", .bool(isPaused)),
      ("queue", .object(queueJSON(capacity))), ("requests_in_flight", .integer(Int64(inFlight))),
      ("requests", .object(requestsJSON)), ("retries", .integer(Int64(retries))), ("samples", .object(samplesJSON)),
    ])
    object["down_seconds"] = downFor.map { .number($0 / .seconds(1)) }
    object["protocol_version"] = protocolVersion.map(JSONValue.string)
    object["last_error"] = lastError.map {
      ["text": .string($0.text), "time": .string(Timestamp.text(milliseconds: $0.time * 1000))]
    }
    return object
  }

  private func queueJSON(_ capacity: Int?) -> JSONObject {
    var object = queue.json
    object["oldest_seconds"] = .number((oldestAge ?? .zero) / .seconds(1))
    object["capacity_bytes"] = capacity.map { .integer(Int64($0)) }
    return object
  }

  private var requestsJSON: JSONObject {
    let pairs: [(String, Int)] = [
      ("2xx", requests.succeeded), ("3xx", requests.redirected), ("4xx", requests.clientErrors),
      ("429", requests.tooMany), ("5xx", requests.serverErrors), ("none", requests.unanswered),
    ]
    return JSONObject(pairs.map { ($0.0, .integer(Int64($0.1))) })
  }

  private var samplesJSON: JSONObject {
    let lost = dropped.values.reduce(queue.dropped.batchSize) { $0 + $1.contents.batchSize }
    let pairs: [(String, Int)] = [
      ("delivered", delivered.contents.batchSize), ("refused", refused.contents.batchSize),
      ("returned", returned.contents.batchSize), ("dropped", lost),
    ]
    return JSONObject(pairs.map { ($0.0, .integer(Int64($0.1))) })
  }
}

extension QueueStatus {
  /// What it holds.
  var json: JSONObject {
    JSONObject([
      ("bytes", .integer(Int64(bytes))), ("blocks", .integer(Int64(blocks))),
      ("samples", .integer(Int64(contents.batchSize))), ("lanes", .integer(Int64(lanes))),
    ])
  }
}
