import Foundation
import Spool
import Testing

@testable import Outbound

@Suite struct Bisecting {
  private static let refusal = Refusal(status: 400, reason: "out of order sample")

  /// Blocks of so many items each; an item is a byte.
  private func blocks(_ counts: [Int], _ attempts: Attempts = .untilExpired) -> [(block: Block, boundaries: [Int])] {
    counts.enumerated().map { index, count in
      let block = Block(
        position: Position(order: UInt64(index + 1)), storedAt: .now, account: .test, payload: payload("x"),
        attempts: attempts)
      return (block, Array(0...count))
    }
  }

  private func bisection(_ counts: [Int], blockwise: Bool = false, mostRequests: Int = .max - 1) -> Bisection {
    Bisection(of: blocks(counts), Self.refusal, blockwise: blockwise, mostRequests: mostRequests)
  }

  /// The items of all blocks that the next request carries.
  private func items(_ bisection: Bisection, _ counts: [Int]) -> [Int] {
    bisection.next.flatMap { part -> [Int] in
      guard let index = counts.indices.first(where: { Position(order: UInt64($0 + 1)) == part.block.position }) else {
        return []
      }
      let first = counts[..<index].reduce(0, +)
      return (part.bytes ?? 0..<counts[index]).map { first + $0 }
    }
  }

  private struct Result {
    var delivered: [Int] = []
    var refused: [Int] = []
    var requests = 0
    var settled: [Position] = []
  }

  /// Sends to a backend that takes nothing of a request with a bad item in it.
  private func run(_ counts: [Int], bad: Set<Int>, mostRequests: Int = .max - 1) -> Result {
    var bisection = bisection(counts, mostRequests: mostRequests)
    var result = Result()
    func settle() {
      for piece in bisection.takeDecided() {
        result.settled.append(piece.block.position)
        let order = counts.indices.first { Position(order: UInt64($0 + 1)) == piece.block.position } ?? 0
        let first = counts[..<order].reduce(0, +)
        for refused in piece.refused {
          result.refused += (piece.bytes(refused.items) ?? 0..<counts[order]).map { first + $0 }
        }
      }
    }
    settle()
    while !bisection.isOver {
      let sent = items(bisection, counts)
      result.requests += 1
      if bad.isDisjoint(with: sent) {
        result.delivered += sent
        bisection.accept()
      } else {
        bisection.refuse(Self.refusal)
      }
      settle()
    }
    return result
  }

  @Test(arguments: [[1000], [1], [2], [7], [500, 500], [1, 998, 1], [Int](repeating: 1, count: 100)], [0, 1, 5, 50])
  func `all good items arrive once and in order, the bad ones alone are refused`(_ counts: [Int], _ badOnes: Int) {
    var random = SystemRandomNumberGenerator()
    let total = counts.reduce(0, +)
    for _ in 0..<20 {
      let bad = Set((0..<max(1, min(badOnes, total))).map { _ in Int.random(in: 0..<total, using: &random) })
      let result = run(counts, bad: bad)
      #expect(result.delivered == (0..<total).filter { !bad.contains($0) })
      #expect(result.refused == bad.sorted())
      #expect(result.settled == counts.indices.map { Position(order: UInt64($0 + 1)) })
      let most = Double(bad.count) * (2 * log2(Double(total)) + 2)
      #expect(Double(result.requests) <= most, "\(bad.count) bad of \(total): \(result.requests) requests")
    }
  }

  @Test func `what is refused side by side with the same answer is one letter`() {
    var bisection = bisection([8])
    while !bisection.isOver { bisection.refuse(Self.refusal) }
    let piece = bisection.takeDecided().first
    #expect(piece?.refused.count == 1)
    #expect(piece?.isRefused == true)
    #expect(piece.flatMap { $0.bytes(0..<8) } == nil)
  }

  @Test func `after too many requests the rest is refused as it was sent`() {
    let result = run([1000], bad: Set(0..<1000), mostRequests: 20)
    #expect(result.refused == Array(0..<1000))
    #expect(result.requests <= 20 + 11)
  }

  @Test func `after too many requests a block still does not pay for its neighbours`() {
    let result = run([1000, 3, 3, 3], bad: Set(0..<1000).union([1004]), mostRequests: 20)
    #expect(result.refused == Array(0..<1000) + [1003, 1004, 1005])
    #expect(result.delivered == [1000, 1001, 1002, 1006, 1007, 1008])
    #expect(result.requests <= 20 + 20)
  }

  @Test func `what was written before is not taken apart to the last`() {
    var bisection = Bisection(
      of: blocks([5000, 5000]), Self.refusal, blockwise: false, mayBeWritten: true, mostRequests: 9999)
    var requests = 0
    while !bisection.isOver {
      requests += 1
      bisection.refuse(Self.refusal)
    }
    #expect(requests < 2 * Bisection.proof + 15)
    #expect(bisection.takeDecided().map(\.isRefused) == [true, true])
  }

  @Test func `what is refused for another reason is taken apart whatever was sent before`() {
    let invalid = Refusal(status: 400, reason: "invalid label")
    var bisection = Bisection(of: blocks([64]), invalid, blockwise: false, mayBeWritten: true, mostRequests: 9999)
    var requests = 0
    while !bisection.isOver {
      requests += 1
      bisection.refuse(invalid)
    }
    #expect(requests == 126)
  }

  @Test func `one item that is taken shows that nothing was written before`() {
    var bisection = Bisection(of: blocks([64]), Self.refusal, blockwise: false, mayBeWritten: true, mostRequests: 9999)
    bisection.accept()
    var requests = 0
    while !bisection.isOver {
      requests += 1
      bisection.refuse(Self.refusal)
    }
    #expect(requests == 63)
  }

  @Test func `of a part without an answer no more is taken for written than that part`() {
    var bisection = bisection([64])
    #expect(items(bisection, [64]) == Array(0..<32))
    bisection.doubt()
    for _ in 0..<40 where items(bisection, [64]).first ?? 64 < 32 { bisection.refuse(Self.refusal) }
    #expect(items(bisection, [64]) == Array(32..<64))
  }

  @Test func `what less of it would not mend is not halved`() {
    var bisection = bisection([8])
    bisection.refuse(Refusal(status: 415, reason: "no", fault: .request))
    #expect(items(bisection, [8]) == [4, 5, 6, 7])
  }

  @Test func `blocks go one by one where somebody waits for one of them`() {
    var bisection = bisection([3, 2, 4], blockwise: true)
    #expect(items(bisection, [3, 2, 4]) == [0, 1, 2])
    bisection.accept(without: Contents(samples: 1), Self.refusal)
    #expect(bisection.takeDecided().map(\.lost) == [Contents(samples: 1)])
    #expect(items(bisection, [3, 2, 4]) == [3, 4])
    bisection.accept()
    bisection.refuse(Self.refusal)
    #expect(items(bisection, [3, 2, 4]) == [5, 6])
  }

  @Test func `blocks that left in another way are passed over`() {
    let counts = [4, 4, 4]
    var bisection = bisection(counts)
    #expect(items(bisection, counts) == [0, 1, 2, 3, 4, 5])
    bisection.forget([Position(order: 2)])
    #expect(items(bisection, counts) == [0, 1, 2, 3])
    bisection.accept()
    #expect(bisection.takeDecided().map(\.block.position) == [Position(order: 1)])
    #expect(items(bisection, counts) == [8, 9, 10, 11])
    bisection.forget([Position(order: 3)])
    #expect(bisection.isOver)
  }
}
