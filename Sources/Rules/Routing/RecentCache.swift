internal import Synchronization

/// Remembers what was made for a key. Bounded: when one generation is full the one before it is forgotten, so that made-up
/// keys cost memory for twice `limit` values at most. Any thread.
final class RecentCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Generations {
    var current: [Key: Value] = [:]
    var previous: [Key: Value] = [:]
  }

  private let limit: Int
  private let generations = Mutex(Generations())

  init(limit: Int) { self.limit = limit }

  /// Begins with what `other` remembers, as far as it `isRight` here.
  convenience init(_ other: RecentCache, where isRight: (Key, Value) -> Bool) {
    self.init(limit: other.limit)
    // Copied under the lock, which costs nothing; looked through outside of it.
    let old = other.generations.withLock { $0 }
    let kept = Generations(
      current: old.current.filter { isRight($0.key, $0.value) },
      previous: old.previous.filter { isRight($0.key, $0.value) })
    generations.withLock { $0 = kept }
  }

  /// The value of `key`, from `make` the first time.
  func value(of key: Key, make: () -> Value) -> Value {
    let known = generations.withLock { generations in
      generations.current[key] ?? generations.previous[key].map { remember(key, $0, &generations) }
    }
    if let known { return known }
    // Not under the lock: two threads may both make it; both go on with the one that was remembered first.
    let made = make()
    return generations.withLock { $0.current[key] ?? remember(key, made, &$0) }
  }

  private func remember(_ key: Key, _ value: Value, _ generations: inout Generations) -> Value {
    if generations.current.count >= limit {
      generations.previous = generations.current
      generations.current = [:]
    }
    generations.current[key] = value
    return value
  }
}
