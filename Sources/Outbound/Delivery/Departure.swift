internal import Spool

/// Blocks of one lane on their way together.
struct Run {
  let lane: LaneKey
  let blocks: [Block]
  /// How often the first of them was tried before.
  let failures: Int
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
