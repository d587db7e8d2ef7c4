/// Lanes in the order in which they became ready. A place whose ticket is no longer the lane's is void.
struct Row {
  private var places: [(number: Int, ticket: UInt64)] = []
  private var front = 0

  var isEmpty: Bool { front == places.count }

  var first: (number: Int, ticket: UInt64)? { isEmpty ? nil : places[front] }

  mutating func append(_ number: Int, ticket: UInt64) { places.append((number, ticket)) }

  mutating func popFirst() -> (number: Int, ticket: UInt64)? {
    guard front < places.count else { return nil }
    defer {
      front += 1
      if front > places.count / 2 {
        places.removeSubrange(0..<front)
        front = 0
      }
    }
    return places[front]
  }
}
