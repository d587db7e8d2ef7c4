import Testing

@testable import Gateway

@Suite struct CounterVectorTests {
  private let family = MetricFamily("f_total", .counter, "Counted.", labels: ["a", "b"])

  @Test func `labels that were seen count on`() {
    let vector = CounterVector(family)
    vector["x", "y"].add(2)
    vector["x", "y"].add(3)
    #expect(vector.snapshot.map(\.labels) == [["x", "y"]])
    #expect(vector.snapshot.map(\.value) == [5])
  }

  @Test func `labels are told apart by every value and its place`() {
    let vector = CounterVector(family)
    for labels in [["x", "y"], ["y", "x"], ["xy", ""], ["", "xy"]] { vector[labels[0], labels[1]].add() }
    #expect(vector.snapshot.map(\.labels) == [["", "xy"], ["x", "y"], ["xy", ""], ["y", "x"]])
  }

  @Test func `a counter that is not counted yet shows as zero`() {
    let vector = CounterVector(family)
    _ = vector["x", "y"]
    #expect(vector.snapshot.map(\.value) == [0])
  }

  @Test func `the thousandth is told apart, the one behind it counts as other`() {
    let vector = CounterVector(family)
    for number in 1...1001 { vector["\(number)", "x"].add(number) }
    let snapshot = vector.snapshot
    #expect(snapshot.count == 1001)
    #expect(snapshot.first { $0.labels == ["1000", "x"] }?.value == 1000)
    #expect(!snapshot.contains { $0.labels == ["1001", "x"] })
    #expect(snapshot.first { $0.labels == ["other", "other"] }?.value == 1001)
  }

  @Test func `beyond the limit nothing is added, however many come`() {
    let vector = CounterVector(family, most: 3)
    for number in 0..<5000 { vector["\(number)", "x"].add() }
    #expect(vector.snapshot.count == 4)
    #expect(vector.snapshot.reduce(0) { $0 + $1.value } == 5000)
  }

  @Test func `those known before the limit count on by themselves`() {
    let vector = CounterVector(family, most: 2)
    for name in ["a", "b", "c", "d", "a"] { vector[name, ""].add() }
    #expect(vector.snapshot.first { $0.labels == ["a", ""] }?.value == 2)
    #expect(vector.snapshot.first { $0.labels == ["other", "other"] }?.value == 2)
  }

  @Test func `counting on many threads loses nothing`() async {
    let vector = CounterVector(family, most: 5)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask { for number in 0..<2000 { vector["\(number % 10)", "x"].add() } }
      }
    }
    #expect(vector.snapshot.reduce(0) { $0 + $1.value } == 8000)
    #expect(vector.snapshot.count == 6)
  }
}
