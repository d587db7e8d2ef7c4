internal import Synchronization

/// Remembers which routes concern a tenant. Bounded: when one generation is full the one before it is forgotten, so
/// that made-up tenants cost memory for twice `limit` names at most. Any thread.
final class TenantCache: Sendable {
  private struct Generations {
    var current: [String: [Int32]] = [:]
    var previous: [String: [Int32]] = [:]
  }

  private let limit: Int
  private let generations = Mutex(Generations())

  init(limit: Int) { self.limit = limit }

  /// The routes of `tenant`, from `find` the first time.
  func routes(of tenant: String, find: () -> [Int32]) -> [Int32] {
    let known = generations.withLock { generations in
      generations.current[tenant] ?? generations.previous[tenant].map { remember(tenant, $0, &generations) }
    }
    if let known { return known }
    // Not under the lock: two threads may both find, and find the same.
    let found = find()
    return generations.withLock { remember(tenant, found, &$0) }
  }

  private func remember(_ tenant: String, _ routes: [Int32], _ generations: inout Generations) -> [Int32] {
    if generations.current.count >= limit {
      generations.previous = generations.current
      generations.current = [:]
    }
    generations.current[tenant] = routes
    return routes
  }
}
