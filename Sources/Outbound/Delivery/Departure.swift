internal import Spool

/// Blocks of one lane on their way together, or parts of them.
struct Run {
  let lane: LaneKey
  let blocks: [Block]
  /// What is sent of each.
  let payloads: [Payload]
  /// Whether it is a part of blocks that were refused.
  var isPart = false
  /// How often the first of them was tried before.
  let failures: Int
  /// Whether its lane is behind.
  let isCatchingUp: Bool
  let startedAt: ContinuousClock.Instant
}

/// A request that is ready to go.
struct Departure {
  let run: Run
  let backend: any Backend
  let judge: @Sendable (Answer) -> Verdict
  let headers: [HeaderField]
  let body: RequestBody
}
