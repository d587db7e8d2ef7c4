import Memory
import Testing

@Suite struct BufferPoolTests {
  private func pool(mostIdle: Int = 4, largestKept: Int = 1000) -> BufferPool {
    BufferPool(capacity: 100, mostIdle: mostIdle, largestKept: largestKept)
  }

  @Test func `an empty pool makes a buffer of its capacity`() {
    #expect(pool().take().capacity == 100)
  }

  @Test func `a new buffer is as large as the minimum if that is more`() {
    #expect(pool().take(minimum: 150).capacity == 150)
    #expect(pool().take(minimum: 50).capacity == 100)
  }

  @Test func `what was given back is given out again, empty`() {
    let pool = pool()
    let buffer = pool.take()
    buffer.append("left over")
    pool.give(buffer)
    let again = pool.take()
    #expect(again === buffer)
    #expect(again.count == 0)
  }

  @Test func `a buffer is given out to one only`() {
    let pool = pool()
    let buffer = pool.take()
    pool.give(buffer)
    let first = pool.take()
    let second = pool.take()
    #expect(first !== second)
  }

  @Test func `an idle buffer grows to the minimum`() {
    let pool = pool()
    pool.give(pool.take())
    #expect(pool.take(minimum: 700).capacity >= 700)
  }

  @Test func `no more than the most idle ones are kept`() {
    let pool = pool(mostIdle: 2)
    let buffers = (0..<3).map { _ in pool.take() }
    for buffer in buffers { pool.give(buffer) }
    let again = (0..<3).map { _ in pool.take() }
    let known = again.filter { buffer in buffers.contains { $0 === buffer } }
    #expect(known.count == 2)
  }

  @Test func `a pool that keeps none idle still serves`() {
    let pool = pool(mostIdle: 0)
    let buffer = pool.take()
    pool.give(buffer)
    #expect(pool.take() !== buffer)
  }

  @Test func `a buffer that grew beyond the largest kept is let go`() {
    let pool = pool(largestKept: 1000)
    let buffer = pool.take(minimum: 1001)
    pool.give(buffer)
    #expect(pool.take() !== buffer)
  }

  @Test func `a buffer of just the largest kept is kept`() {
    let pool = pool(largestKept: 1000)
    let buffer = pool.take(minimum: 1000)
    pool.give(buffer)
    #expect(pool.take() === buffer)
  }

  // Two holders of one buffer would see each other's marks; the thread sanitizer would see them first.
  @Test func `many threads take and give without ever sharing a buffer`() async {
    let pool = pool(mostIdle: 3)
    let shared = await withTaskGroup(of: Int.self) { group in
      for mark in 0..<4 {
        group.addTask {
          (0..<2000).reduce(0) { shared, _ in
            let buffer = pool.take()
            buffer.append(UInt8(mark))
            let isOwn = buffer.count == 1 && buffer.base[0] == UInt8(mark)
            pool.give(buffer)
            return shared + (isOwn ? 0 : 1)
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(shared == 0)
  }
}
