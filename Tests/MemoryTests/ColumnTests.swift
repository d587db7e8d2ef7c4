import Memory
import TestSupport
import Testing

extension Column {
  /// A copy of the elements. A column cannot be copied, so it is this that expectations look at.
  var contents: [Element] { (0..<count).map { self[$0] } }
}

@Suite struct ColumnTests {
  @Test func `a new column is empty`() {
    let column = Column<Int>()
    let (count, isEmpty) = (column.count, column.isEmpty)
    #expect(count == 0)
    #expect(isEmpty)
  }

  @Test(arguments: [0, 1, 2, 64]) func `growth keeps the elements`(_ capacity: Int) {
    var column = Column<Int>(capacity: capacity)
    for value in 0..<1000 { column.append(value) }
    let contents = column.contents
    #expect(contents == Array(0..<1000))
  }

  @Test func `an element that is set reads back and its neighbours stay`() {
    var column = Column<Int>(capacity: 4)
    for value in 0..<3 { column.append(value) }
    column[1] = 10
    let contents = column.contents
    #expect(contents == [0, 10, 2])
  }

  @Test func `truncation forgets what is behind and keeps the memory`() {
    var column = Column<Int>(capacity: 4)
    for value in 0..<100 { column.append(value) }
    let base = column.base
    column.truncate(to: 3)
    let (contents, same) = (column.contents, column.base == base)
    #expect(contents == [0, 1, 2])
    #expect(same)
  }

  @Test func `truncation without a count forgets everything`() {
    var column = Column<Int>()
    column.append(1)
    column.truncate()
    let isEmpty = column.isEmpty
    #expect(isEmpty)
  }

  @Test func `what is appended after a truncation follows what was kept`() {
    var column = Column<Int>()
    for value in 0..<5 { column.append(value) }
    column.truncate(to: 2)
    column.append(9)
    let contents = column.contents
    #expect(contents == [0, 1, 9])
  }

  @Test func `a reservation alone adds no element`() {
    var column = Column<Int>(capacity: 1)
    column.append(7)
    column.reserve(1000)
    let contents = column.contents
    #expect(contents == [7])
  }

  @Test func `what is written behind the count is taken in by a commit`() {
    var column = Column<Int>(capacity: 1)
    column.append(7)
    column.reserve(300)
    for index in 0..<300 { column.base[1 + index] = index }
    column.commit(300)
    let contents = column.contents
    #expect(contents == [7] + Array(0..<300))
  }

  @Test func `a reservation that fits moves nothing`() {
    var column = Column<Int>(capacity: 10)
    column.append(1)
    let base = column.base
    column.reserve(9)
    let same = column.base == base
    #expect(same)
  }

  @Test func `an empty column can be reserved and committed with nothing`() {
    var column = Column<UInt32>(capacity: 0)
    column.reserve(0)
    column.commit(0)
    column.truncate()
    let isEmpty = column.isEmpty
    #expect(isEmpty)
  }

  @Test(arguments: 0..<20) func `any sequence of calls leaves what an array would hold`(_ seed: Int) {
    var random = SeededGenerator(seed: seed)
    var column = Column<UInt64>(capacity: .random(in: 0...8, using: &random))
    var model: [UInt64] = []
    for _ in 0..<1000 {
      let value = random.next()
      switch Int.random(in: 0..<10, using: &random) {
      case 0...4:
        column.append(value)
        model.append(value)
      case 5...6 where !model.isEmpty:
        let index = Int.random(in: model.indices, using: &random)
        column[index] = value
        model[index] = value
      case 7:
        let more = Int.random(in: 0...20, using: &random)
        column.reserve(more)
        for offset in 0..<more { column.base[column.count + offset] = value &+ UInt64(offset) }
        column.commit(more)
        model += (0..<more).map { value &+ UInt64($0) }
      case 8 where value % 8 == 0:
        let kept = Int.random(in: 0...model.count, using: &random)
        column.truncate(to: kept)
        model.removeSubrange(kept...)
      default:
        column.reserve(.random(in: 0...5, using: &random))
      }
    }
    let contents = column.contents
    #expect(contents == model)
  }
}
