internal import Spool

/// Lanes of backends that are not configured: a spool that outlives the process keeps them until a backend of that name is
/// there again, or they are too old.
struct Strays {
  typealias Instant = ContinuousClock.Instant

  private struct Stray {
    var oldest: Instant
    var maxAge: Duration
  }

  private var lanes: [LaneKey: Stray] = [:]
  /// When the next block is too old, or later: never sooner. Nil when there is none.
  private(set) var nextExpiry: Instant?

  /// That of a queue for which nothing is said: what it was in an earlier process nobody knows.
  private static let maxAge = QueueOptions().maxAge
  /// How soon a lane is looked at again from which something was dropped: not at once, as others are to be served.
  private static let pause = Duration.milliseconds(20)
  /// How soon one that turned out to hold nothing too old, as far as the disk tells now.
  private static let longPause = Duration.seconds(1)

  /// - Parameter maxAge: of the backend's queue, where it is known.
  mutating func note(_ status: LaneStatus, maxAge: Duration? = nil) {
    guard let oldest = status.oldest, !status.isEmpty else {
      lanes[status.lane] = nil
      return
    }
    let age = maxAge ?? lanes[status.lane]?.maxAge ?? Self.maxAge
    lanes[status.lane] = Stray(oldest: oldest, maxAge: age)
    nextExpiry = min(nextExpiry ?? oldest + age, oldest + age)
  }

  /// What is left of a lane from which so many blocks were dropped, as many as go at once.
  mutating func note(_ left: LaneStatus, dropped: Int, at now: Instant) {
    note(left)
    guard let stray = lanes[left.lane], stray.oldest + stray.maxAge <= now else { return }
    lanes[left.lane]?.oldest = now - stray.maxAge + (dropped > 0 ? Self.pause : Self.longPause)
  }

  /// A backend of that name is there.
  mutating func forget(_ backend: String) { lanes = lanes.filter { $0.key.backend != backend } }

  /// A lane with something too old, and up to when what is in it is.
  mutating func expired(at now: Instant) -> (lane: LaneKey, limit: Instant)? {
    guard let nextExpiry, nextExpiry <= now else { return nil }
    if let (key, stray) = lanes.first(where: { $0.value.oldest + $0.value.maxAge <= now }) {
      return (key, now - stray.maxAge)
    }
    self.nextExpiry = lanes.values.map { $0.oldest + $0.maxAge }.min()
    return nil
  }
}
