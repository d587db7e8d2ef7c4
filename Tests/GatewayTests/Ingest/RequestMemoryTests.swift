import Memory
import Testing

@testable import Gateway

@Suite struct RequestMemoryTests {
  private let budget = MemoryBudget(limit: 1 << 30)
  private let standing = 8 << 20
  private let large = 20 << 20

  @Test func `what usual requests need is counted once`() {
    let memory = RequestMemory(budget, workers: 2)
    #expect(budget.used == standing)
    #expect(memory.allows(standing))
    #expect(budget.used == standing)
    #expect(!memory.end())
  }

  @Test(arguments: [1, 2, 16])
  func `of a small budget all workers together have an eighth`(workers: Int) {
    let small = MemoryBudget(limit: 64 << 20)
    let all = (0..<workers).map { _ in RequestMemory(small, workers: workers) }
    #expect(small.used == 8 << 20)
    withExtendedLifetime(all) {}
  }

  @Test func `what large requests need is kept, and counted, until many in a row do not need it`() {
    let memory = RequestMemory(budget, workers: 2)
    for _ in 0..<3 {
      #expect(memory.allows(large))
      #expect(budget.used == large)
      for _ in 1..<RequestMemory.keptFor {
        #expect(!memory.end())
        #expect(memory.allows(1 << 20))
      }
      #expect(budget.used == large)
    }
    #expect(!memory.end())
    #expect(memory.end())
    #expect(budget.used == standing)
  }

  @Test func `what is too much to be kept is given back at once`() {
    let memory = RequestMemory(budget, workers: 2)
    #expect(memory.allows(64 << 20))
    #expect(memory.end())
    #expect(budget.used == standing)
  }

  @Test func `of a small budget nothing much is kept`() {
    let small = MemoryBudget(limit: 64 << 20)
    let memory = RequestMemory(small, workers: 2)
    #expect(memory.allows(large))
    #expect(memory.end())
    #expect(small.used == small.limit / 16)
  }

  @Test func `nothing is kept while memory is scarce`() {
    let memory = RequestMemory(budget, workers: 2)
    #expect(memory.allows(large))
    #expect(!memory.end())
    budget.add(budget.limit / 2)
    #expect(memory.end())
    #expect(budget.used == standing + budget.limit / 2)
  }

  @Test func `a worker that ends gives back what it kept`() {
    do {
      let memory = RequestMemory(budget, workers: 2)
      #expect(memory.allows(large))
      #expect(!memory.end())
    }
    #expect(budget.used == 0)
  }
}
