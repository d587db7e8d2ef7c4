import Testing
import Threads

@Suite struct WorkQueueTests {
  @Test func `elements leave in the order in which they came`() {
    let queue = WorkQueue<Int>(capacity: 4)
    for round in 0..<3 {
      for value in 0..<4 { #expect(queue.push(round * 4 + value)) }
      for value in 0..<4 { #expect(queue.pop() == round * 4 + value) }
    }
  }

  @Test func `a full queue takes nothing and keeps what it has`() {
    let queue = WorkQueue<Int>(capacity: 2)
    #expect(queue.push(1) && queue.push(2))
    #expect(!queue.push(3))
    #expect(queue.count == 2)
    #expect(queue.pop() == 1)
    #expect(queue.push(3))
  }

  @Test func `the oldest element tells how long it has waited`() {
    let queue = WorkQueue<Int>(capacity: 2)
    #expect(queue.oldestWait == .zero)
    let before = MonotonicTime.now
    #expect(queue.push(1) && queue.push(2))
    while before.duration(to: .now) < .milliseconds(2) {}
    #expect(queue.oldestWait > .milliseconds(1))
    #expect(queue.oldestWait <= before.duration(to: .now))
    #expect(queue.pop() == 1 && queue.pop() == 2)
    #expect(queue.oldestWait == .zero)
  }

  @Test func `a closed queue hands out what it has, then nil`() {
    let queue = WorkQueue<Int>(capacity: 2)
    #expect(queue.push(1))
    queue.close()
    #expect(!queue.push(2))
    #expect(queue.pop() == 1)
    #expect(queue.pop() == nil)
  }

  @Test func `what several threads put, several threads take, each element once`() throws {
    let queue = WorkQueue<Int>(capacity: 8)
    let taken = Condition<[Int]>([])
    let takers = try (0..<3).map { index in
      try Thread(name: "taker \(index)") {
        while let value = queue.pop() { taken.withLock { $0.append(value) } }
      }
    }
    let putters = try (0..<3).map { index in
      try Thread(name: "putter \(index)") {
        for value in 0..<1000 { while !queue.push(index * 1000 + value) {} }
      }
    }
    for thread in putters { thread.join() }
    queue.close()
    for thread in takers { thread.join() }
    #expect(taken.withLock { $0.sorted() } == Array(0..<3000))
  }
}
