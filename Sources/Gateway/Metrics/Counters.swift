import Synchronization

/// A number that only grows. Any thread.
final class Counter: Sendable {
  private let count = Atomic<Int>(0)

  var value: Int { count.load(ordering: .relaxed) }

  func add(_ amount: Int = 1) { count.wrappingAdd(amount, ordering: .relaxed) }
}

/// Counters of one family, told apart by their labels' values. Any thread.
///
/// There are never more than a fixed number of them: beyond it all others count into one whose values are `other`, so
/// that nobody can fill the memory with names.
final class CounterVector: Sendable {
  static let other = "other"

  let family: MetricFamily
  private let most: Int
  private let children = Mutex<[[String]: Counter]>([:])

  init(_ family: MetricFamily, most: Int = 1000) {
    self.family = family
    self.most = most
  }

  subscript(labels: String...) -> Counter { child(labels) }

  private func child(_ labels: [String]) -> Counter {
    children.withLock { children in
      if let known = children[labels] { return known }
      let key = children.count < most ? labels : labels.map { _ in Self.other }
      if let known = children[key] { return known }
      let counter = Counter()
      children[key] = counter
      return counter
    }
  }

  /// The values as they are now, in the order of their labels.
  var snapshot: [(labels: [String], value: Int)] {
    children.withLock { $0.map { (labels: $0.key, value: $0.value.value) } }
      .sorted { $0.labels.lexicographicallyPrecedes($1.labels) }
  }
}

/// How long something took, counted in buckets. Any thread.
final class DurationHistogram: Sendable {
  /// Upper bounds in seconds; the last bucket has none.
  static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  private let state = Mutex((counts: [Int](repeating: 0, count: bounds.count + 1), sum: 0.0))

  func observe(_ duration: Duration) {
    let seconds = duration / .seconds(1)
    let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    state.withLock {
      $0.counts[bucket] += 1
      $0.sum += seconds
    }
  }

  /// Observations in each bucket (not summed up), and the sum of all in seconds.
  var snapshot: (counts: [Int], sum: Double) { state.withLock { $0 } }
}
