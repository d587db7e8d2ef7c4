/// Positions in ascending order, most of which come in at the end and go out at the front.
struct SortedPositions: Equatable {
  private(set) var all: [UInt64] = []

  var isEmpty: Bool { all.isEmpty }

  func contains(_ position: UInt64) -> Bool {
    let place = place(of: position)
    return place < all.count && all[place] == position
  }

  mutating func insert(_ position: UInt64) {
    let place = place(of: position)
    if place < all.count, all[place] == position { return }
    all.insert(position, at: place)
  }

  /// Forgets all positions in a range.
  mutating func remove(_ range: ClosedRange<UInt64>) {
    let end = range.upperBound == .max ? all.count : place(of: range.upperBound + 1)
    all.removeSubrange(place(of: range.lowerBound)..<end)
  }

  private func place(of position: UInt64) -> Int {
    var low = 0
    var high = all.count
    while low < high {
      let middle = (low + high) / 2
      if all[middle] < position { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
