import Foundation
import Memory
import Testing

@Suite struct MemoryBudgetTests {
  @Test func `no more than the limit is given out, to the byte`() {
    let budget = MemoryBudget(limit: 100)
    #expect(budget.reserve(60))
    #expect(!budget.reserve(41))
    #expect(budget.used == 60)
    #expect(budget.reserve(40))
    #expect(budget.free() == 0)
    budget.release(100)
    #expect(budget.used == 0)
    #expect(budget.peak == 100)
  }

  @Test func `who may take a share only is refused when others have taken as much`() {
    let budget = MemoryBudget(limit: 100)
    budget.add(40)
    #expect(budget.free(0.5) == 10)
    #expect(!budget.reserve(11, share: 0.5))
    #expect(budget.reserve(10, share: 0.5))
    #expect(budget.reserve(50))
  }

  @Test func `what cannot be refused is counted beyond the limit, and leaves nothing for others`() {
    let budget = MemoryBudget(limit: 100)
    budget.add(150)
    #expect(budget.free() == 0)
    #expect(!budget.reserve(1))
    budget.release(150)
    #expect(budget.reserve(100))
  }

  @Test func `many threads together never hold more than the limit`() {
    let budget = MemoryBudget(limit: 1000)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<10_000 where budget.reserve(150) {
        // Another thread may have added what it is about to take back: never more than one piece for each.
        #expect(budget.used <= 1000 + 7 * 150)
        budget.release(150)
      }
    }
    #expect(budget.used == 0)
    #expect(budget.peak <= 1000)
  }

  @Test func `a buffer counts its capacity until it is let go, however it grows`() {
    let budget = MemoryBudget(limit: .max)
    do {
      let buffer = Buffer(capacity: 100)
      buffer.charge(to: budget)
      #expect(budget.used == 100)
      buffer.reserve(500)
      #expect(budget.used == buffer.capacity)
      buffer.shrink(to: 50)
      #expect(budget.used == 50)
    }
    #expect(budget.used == 0)
  }

  @Test func `a pool counts what is in use, not what is idle`() throws {
    let budget = MemoryBudget(limit: 1000)
    let pool = BufferPool(capacity: 400, mostIdle: 4, largestKept: 1000, budget: budget)
    let first = try #require(pool.take(minimum: 10, share: 0.5))
    #expect(pool.take(minimum: 10, share: 0.5) == nil)
    let second = pool.take()
    #expect(budget.used == 800)
    pool.give(first)
    pool.give(second)
    #expect(budget.used == 0)
    let again = try #require(pool.take(minimum: 10, share: 0.5))
    #expect(again === second)
    #expect(pool.make(capacity: 601, share: 1) == nil)
    let small = try #require(pool.make(capacity: 600, share: 1))
    #expect(budget.used == 1000)
    pool.give(small)
    #expect(budget.used == 400)
  }

  @Test func `idle buffers together are no larger than was said, and small ones are not kept`() {
    let pool = BufferPool(capacity: 100, mostIdle: 10, largestKept: 1000, mostIdleBytes: 250)
    let buffers = (0..<3).map { _ in pool.take() }
    for buffer in buffers { pool.give(buffer) }
    let again = (0..<3).map { _ in pool.take() }
    #expect(again.filter { buffer in buffers.contains { $0 === buffer } }.count == 2)
    let small = pool.make(capacity: 10)
    pool.give(small)
    #expect(pool.take() !== small)
  }
}
