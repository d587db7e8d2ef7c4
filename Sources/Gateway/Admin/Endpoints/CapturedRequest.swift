internal import Config
internal import Inbound
internal import Memory
internal import Model
internal import Rules

/// An ingest request that someone has kept: read as a listener would read it.
struct CapturedRequest {
  let request: IngestRequest
  /// The first of its series, each with the attributes of its resource if it came with one.
  let series: [(labels: [String: String], resource: [String: String]?)]
  /// How many series it has.
  let count: Int

  init(
    _ head: RequestHead, _ body: Buffer, _ context: IngestContext, _ memory: MemoryBudget
  ) throws(IngestRequest.Refusal) {
    request = try IngestRequest(head, context)
    let held = RequestMemory(memory, workers: 1)
    defer { _ = held.end() }
    let batch = SeriesBatch(arena: Buffer(capacity: max(64 << 10, body.count)))
    batch.wantsResources = true
    let limit = context.configuration.listeners.first?.maxDecodedBytes ?? 0
    _ = try BodyDecoder(context, held).decode(body, request, limit: limit, into: batch)
    count = batch.series.count
    series = (0..<min(count, ExplainQuestion.mostSeries)).map { index in
      (batch.labels(of: batch.series[index]).texts, batch.attributes(ofSeries: index)?.texts)
    }
  }
}

extension LabelBlock {
  /// The labels as text.
  var texts: [String: String] {
    var texts: [String: String] = [:]
    for label in self {
      texts[String(decoding: label.name, as: UTF8.self)] = String(decoding: label.value, as: UTF8.self)
    }
    return texts
  }
}
