/// Finds the lane of a queue whose front came first, without a look at all of them: a heap by what each lane's front was when
/// it was looked at last. Fronts only move on, so what has moved is put right when it comes to the top. Under the spool's lock.
struct LanesByAge {
  private struct Entry {
    /// Not beyond the lane's front.
    var front: UInt64
    let lane: DiskLane
  }

  private var heap: [Entry] = []

  init(_ lanes: some Sequence<DiskLane>) {
    for lane in lanes { push(Entry(front: lane.frontBound, lane: lane)) }
  }

  /// A lane that was not there before.
  /// - Parameter count: how many there are.
  mutating func add(_ lane: DiskLane, among count: Int) {
    // Lanes that have run empty stay until they come to the top.
    if heap.count > 2 * count + 64 { self = LanesByAge(heap.map(\.lane).filter { !$0.isEmpty }) }
    push(Entry(front: 0, lane: lane))
  }

  mutating func oldest() -> DiskLane? {
    while let first = heap.first {
      if first.lane.isEmpty {
        replaceFirst(with: heap.removeLast())
      } else if first.lane.frontBound > first.front {
        replaceFirst(with: Entry(front: first.lane.frontBound, lane: first.lane))
      } else {
        return first.lane
      }
    }
    return nil
  }

  private mutating func push(_ entry: Entry) {
    var place = heap.count
    heap.append(entry)
    while place > 0, heap[(place - 1) / 2].front > heap[place].front {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private mutating func replaceFirst(with entry: Entry) {
    guard !heap.isEmpty else { return }
    heap[0] = entry
    var place = 0
    while case let left = 2 * place + 1, left < heap.count {
      let child = left + 1 < heap.count && heap[left + 1].front < heap[left].front ? left + 1 : left
      guard heap[child].front < heap[place].front else { return }
      heap.swapAt(place, child)
      place = child
    }
  }
}

extension DiskLane {
  /// The front, or what comes before it as far as is known without a look at the disk.
  fileprivate var frontBound: UInt64 { status.front?.order ?? cursor + 1 }
}
