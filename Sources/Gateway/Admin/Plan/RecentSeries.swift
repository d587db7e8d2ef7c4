internal import Inbound
internal import Memory
internal import Model
internal import Rules
internal import Synchronization
internal import Threads

/// A sample of the series that passed in the last minutes. Any thread.
///
/// It costs a request a look at the clock. Some (`pace`) have a few of their series copied, on the way and without waiting for
/// anyone: while somebody reads the sample, or another worker adds to it, a request goes on without.
///
/// There are `mostSeries` places in shelves of `shelfPlaces`, and a series can only ever stand on the shelf that its hash says.
/// When that is full of what came within the window those with the smallest hashes keep it, however often the others come: so
/// the sample is one of series, and not of those that come most often. A few hundred series all find a place.
final class RecentSeries: Sendable {
  static let mostSeries = 4096
  private static let shelfPlaces = 8
  /// How long a series is remembered after it was last seen.
  static let window = Duration.seconds(600)
  /// Of all copies; beyond, nothing is added until others have gone.
  static let mostBytes = 8 << 20
  private static let mostSeriesBytes = 8 << 10
  private static let seriesPerLook = 16

  private struct Place {
    var hash: UInt64
    var seen: MonotonicTime
    var series: SeenSeries
  }

  private struct State {
    var places = [Place?](repeating: nil, count: mostSeries)
    var bytes = 0
  }

  private let pace = LookPace()
  private let state = Mutex(State())
  /// Is charged with what is held.
  private let memory: MemoryBudget

  init(_ memory: MemoryBudget) { self.memory = memory }

  /// Whether it is this request's turn; then it is nobody else's.
  @inline(__always)
  var isDue: Bool { pace.isDue() }

  /// Takes in some of a request's series, from a place by chance on, evenly.
  func note(_ batch: SeriesBatch, _ facts: RequestFacts, _ headers: Headers, now: MonotonicTime = .now) {
    let count = batch.series.count
    guard count > 0 else { return }
    state.withLockIfAvailable { state in
      let request = SeenRequest(facts, headers)
      let steps = min(count, Self.seriesPerLook)
      let start = Int.random(in: 0..<count)
      for step in 0..<steps {
        let index = (start + step * count / steps) % count
        let labels = batch.labels(of: batch.series[index])
        note(labels, batch.attributes(ofSeries: index), request, now, &state)
      }
    }
  }

  private func note(
    _ labels: LabelBlock, _ resource: LabelBlock?, _ request: SeenRequest, _ now: MonotonicTime, _ state: inout State
  ) {
    guard labels.bytes.count + (resource?.bytes.count ?? 0) <= Self.mostSeriesBytes else { return }
    var hasher = Hasher()
    hasher.combine(request.tenant)
    hasher.combine(request.protocolName)
    hasher.combine(bytes: labels.bytes)
    let hash = UInt64(truncatingIfNeeded: hasher.finalize())
    guard let index = Self.place(of: hash, now, in: state.places) else { return }
    let series = SeenSeries(request, labels, resource: resource)
    let change = series.bytes - (state.places[index]?.series.bytes ?? 0)
    guard state.bytes + change <= Self.mostBytes else { return }
    state.bytes += change
    memory.add(change)
    state.places[index] = Place(hash: hash, seen: now, series: series)
  }

  /// The place that the series of a hash has or gets on its shelf; nil where all there go before it.
  private static func place(of hash: UInt64, _ now: MonotonicTime, in places: [Place?]) -> Int? {
    let first = Int(hash % UInt64(mostSeries / shelfPlaces)) * shelfPlaces
    let shelf = first..<(first + shelfPlaces)
    if let own = shelf.first(where: { places[$0]?.hash == hash }) { return own }
    let isFree = { (index: Int) in places[index].map { $0.seen.duration(to: now) >= window } ?? true }
    if let free = shelf.first(where: isFree) { return free }
    guard let last = shelf.max(by: { places[$0]!.hash < places[$1]!.hash }) else { return nil }
    return hash < places[last]!.hash ? last : nil
  }

  /// What of it was seen within the window. What was not is forgotten.
  func recent(now: MonotonicTime = .now) -> [SeenSeries] {
    state.withLock { state in
      for (index, place) in state.places.enumerated() {
        guard let place, place.seen.duration(to: now) >= Self.window else { continue }
        state.places[index] = nil
        state.bytes -= place.series.bytes
        memory.release(place.series.bytes)
      }
      return state.places.compactMap { $0?.series }
    }
  }
}
