/// Deadlines of numbered things, at most one each; the earliest is at hand, any can be moved or taken out.
struct DeadlineHeap {
  typealias Instant = ContinuousClock.Instant

  private var entries: [(at: Instant, id: Int)] = []
  // Where in `entries` the deadline of an id stands; -1 for nowhere.
  private var places: [Int] = []

  var first: (at: Instant, id: Int)? { entries.first }
  var count: Int { entries.count }

  mutating func set(_ id: Int, at time: Instant) {
    if id >= places.count { places.append(contentsOf: repeatElement(-1, count: id + 1 - places.count)) }
    if places[id] < 0 {
      places[id] = entries.count
      entries.append((time, id))
    } else {
      entries[places[id]].at = time
    }
    settle(places[id])
  }

  mutating func remove(_ id: Int) {
    guard id < places.count, places[id] >= 0 else { return }
    let place = places[id]
    places[id] = -1
    let last = entries.removeLast()
    guard place < entries.count else { return }
    entries[place] = last
    places[last.id] = place
    settle(place)
  }

  /// Takes out the earliest if it is due.
  mutating func popDue(_ now: Instant) -> Int? {
    guard let first, first.at <= now else { return nil }
    remove(first.id)
    return first.id
  }

  private mutating func settle(_ place: Int) {
    var place = place
    while place > 0, entries[place].at < entries[(place - 1) / 2].at {
      swap(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
    while let child = earlierChild(of: place), entries[child].at < entries[place].at {
      swap(place, child)
      place = child
    }
  }

  private func earlierChild(of place: Int) -> Int? {
    let left = 2 * place + 1
    guard left < entries.count else { return nil }
    let right = left + 1
    return right < entries.count && entries[right].at < entries[left].at ? right : left
  }

  private mutating func swap(_ a: Int, _ b: Int) {
    entries.swapAt(a, b)
    places[entries[a].id] = a
    places[entries[b].id] = b
  }
}
