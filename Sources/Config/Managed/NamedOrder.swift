import Rules

/// Names in an order, each found in its place at once, however many there are.
///
/// A copy of a hundred thousand with one more or one less costs a fraction of a millisecond.
struct NamedOrder: Sendable {
  private static let gap = 1 << 20

  /// Of each place, ascending, with room between them.
  private var numbers: [Int]
  private var numberOfName = PiecewiseDictionary<Int>()

  /// - Parameter names: each once.
  init(_ names: [String]) {
    numbers = names.indices.map { $0 * Self.gap }
    for (name, number) in zip(names, numbers) { numberOfName[name] = number }
  }

  /// From 0; nil for a name that is not there.
  func place(of name: String) -> Int? {
    guard let number = numberOfName[name] else { return nil }
    return numbers.partitioningPoint { $0 < number }
  }

  /// - Parameter name: one that is not there yet.
  mutating func insert(_ name: String, at place: Int) {
    guard let number = number(at: place) else {
      var names = numberOfName.elements.sorted { $0.value < $1.value }.map(\.key)
      names.insert(name, at: place)
      self = NamedOrder(names)
      return
    }
    numbers.insert(number, at: place)
    numberOfName[name] = number
  }

  mutating func remove(_ name: String) {
    guard let place = place(of: name) else { return }
    numbers.remove(at: place)
    numberOfName[name] = nil
  }

  /// For one that comes to stand there; nil where there is no room.
  private func number(at place: Int) -> Int? {
    let lower = place > 0 ? numbers[place - 1] : nil
    guard place < numbers.count else { return (lower ?? 0) + Self.gap }
    guard let lower else {
      // Far away: what comes next goes behind this one, mostly.
      let number = numbers[place] - Self.gap * Self.gap / 2
      return number > Int.min / 2 ? number : nil
    }
    let number = lower + min((numbers[place] - lower) / 2, 1024)
    return number > lower ? number : nil
  }
}
