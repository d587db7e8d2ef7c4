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

  @Test func `while none is taken, one more is expected to wait as long as the oldest has`() {
    let queue = WorkQueue<Int>(capacity: 2)
    #expect(queue.expectedWait == .zero)
    let before = MonotonicTime.now
    #expect(queue.push(1) && queue.push(2))
    pass(.milliseconds(2))
    #expect(queue.expectedWait > .milliseconds(1))
    #expect(queue.expectedWait <= before.duration(to: .now))
    #expect(queue.pop() == 1 && queue.pop() == 2)
    #expect(queue.expectedWait == .zero)
  }

  @Test func `one more is expected to wait as long as those before it take at the pace of late`() {
    let queue = WorkQueue<Int>(capacity: 300)
    for value in 0..<100 { #expect(queue.push(value)) }
    for _ in 0..<100 {
      pass(.milliseconds(1))
      _ = queue.pop()
    }
    #expect(queue.expectedWait == .zero)
    for value in 0..<200 { #expect(queue.push(value)) }
    // 200 of at least a millisecond each, less what the mean does not know yet.
    #expect(queue.expectedWait > .milliseconds(150))
  }

  @Test func `what passes while none waits is no pace`() {
    let queue = WorkQueue<Int>(capacity: 300)
    for value in 0..<20 {
      #expect(queue.push(value))
      #expect(queue.pop() == value)
      pass(.milliseconds(2))
    }
    for value in 0..<200 { #expect(queue.push(value)) }
    let begun = MonotonicTime.now
    #expect(queue.expectedWait <= begun.duration(to: .now) + .milliseconds(100))
  }

  private func pass(_ duration: Duration) {
    let begun = MonotonicTime.now
    while begun.duration(to: .now) < duration {}
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
