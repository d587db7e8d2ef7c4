import Model

/// The order of a point's labels: by name, those of one name as they came.
enum PointLabelOrder {
  typealias Items = UnsafeMutablePointer<PointLabels.Item>
  typealias Keys = UnsafeMutablePointer<PointLabels.SortKey>

  /// As many are sorted by insertion; a sort for large numbers costs more there.
  private static let fewest = 32

  /// Sorts `keys`; true when two have one name.
  static func sort(_ keys: Keys, _ count: Int, _ items: Items) -> Bool {
    if count > fewest { return sortMany(keys, count, items) }
    var hasTwins = false
    var place = 1
    while place < count {
      let key = keys[place]
      var hole = place
      while hole > 0 {
        let left = keys[hole &- 1]
        if key.prefix > left.prefix { break }
        if key.prefix == left.prefix {
          let relation = compare(key, left, items)
          if relation == 0 { hasTwins = true }
          if relation >= 0 { break }
        }
        keys[hole] = left
        hole &-= 1
      }
      keys[hole] = key
      place &+= 1
    }
    return hasTwins
  }

  private static func sortMany(_ keys: Keys, _ count: Int, _ items: Items) -> Bool {
    var all = UnsafeMutableBufferPointer(start: keys, count: count)
    all.sort { left, right in
      if left.prefix != right.prefix { return left.prefix < right.prefix }
      let relation = compare(left, right, items)
      return relation < 0 || (relation == 0 && left.index < right.index)
    }
    return (1..<count).contains { isSame(keys[$0 - 1], keys[$0], items) }
  }

  static func isSame(_ left: PointLabels.SortKey, _ right: PointLabels.SortKey, _ items: Items) -> Bool {
    left.prefix == right.prefix && compare(left, right, items) == 0
  }

  /// Of two with the same prefix.
  @inline(never) private static func compare(
    _ left: PointLabels.SortKey, _ right: PointLabels.SortKey, _ items: Items
  ) -> Int {
    let one = items[left.index].name.name
    let other = items[right.index].name.name
    if one.hasSameBytes(as: other) { return 0 }
    return one.precedes(other) ? -1 : 1
  }

  /// Labels of one name in the order of the keys that they were made of.
  static func byKey(_ indexes: [Int], _ items: Items, _ body: WireReader) -> [Int] {
    func key(_ index: Int) -> UnsafeRawBufferPointer { body.stretch(items[index].key.start, items[index].key.end) }
    return indexes.sorted { left, right in
      if key(left).precedes(key(right)) { return true }
      return key(left).hasSameBytes(as: key(right)) && left < right
    }
  }
}
