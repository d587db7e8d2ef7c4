import Memory
import Testing

@testable import Gateway

@Suite struct RequestMemoryTests {
  private let budget = MemoryBudget(limit: 1 << 30)
  private let large = RequestMemory.standing + 12 << 20

  @Test func `usual requests are not counted`() {
    let memory = RequestMemory(budget)
    #expect(memory.allows(RequestMemory.standing))
    #expect(budget.used == 0)
    #expect(!memory.end())
  }

  @Test func `what large requests need is kept, and counted, until many in a row do not need it`() {
    let memory = RequestMemory(budget)
    for _ in 0..<3 {
      #expect(memory.allows(large))
      #expect(budget.used == large - RequestMemory.standing)
      for _ in 1..<RequestMemory.keptFor {
        #expect(!memory.end())
        #expect(memory.allows(1 << 20))
      }
      #expect(budget.used == large - RequestMemory.standing)
    }
    #expect(!memory.end())
    #expect(memory.end())
    #expect(budget.used == 0)
  }

  @Test func `what is too much to be kept is given back at once`() {
    let memory = RequestMemory(budget)
    #expect(memory.allows(64 << 20))
    #expect(memory.end())
    #expect(budget.used == 0)
  }

  @Test func `of a small budget nothing much is kept`() {
    let small = MemoryBudget(limit: 64 << 20)
    let memory = RequestMemory(small)
    #expect(memory.allows(large))
    #expect(memory.end())
    #expect(small.used == 0)
  }

  @Test func `nothing is kept while memory is scarce`() {
    let memory = RequestMemory(budget)
    #expect(memory.allows(large))
    #expect(!memory.end())
    budget.add(budget.limit / 2)
    #expect(memory.end())
    #expect(budget.used == budget.limit / 2)
  }

  @Test func `a worker that ends gives back what it kept`() {
    do {
      let memory = RequestMemory(budget)
      #expect(memory.allows(large))
      #expect(!memory.end())
    }
    #expect(budget.used == 0)
  }
}
