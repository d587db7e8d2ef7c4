import Model
import Testing

@Suite struct RefusalsTests {
  @Test func `none refused is empty and says nothing`() {
    let refusals = Refusals()
    #expect(refusals.isEmpty)
    #expect(refusals.total == 0)
    #expect(refusals.message == "")
  }

  @Test func `each reason is counted on its own, and all together`() {
    var refusals = Refusals()
    refusals.add(.noLabels, detail: "one")
    refusals.add(.noRoute, count: 5, detail: "two")
    refusals.add(.noRoute, count: 2, detail: "three")
    #expect(refusals.counts == [.noLabels: 1, .noRoute: 7])
    #expect(refusals.total == 8)
    #expect(!refusals.isEmpty)
  }

  @Test func `the first few are told in words, the rest is counted`() {
    var refusals = Refusals()
    for number in 0..<20 { refusals.add(.noSamples, detail: "series \(number)") }
    #expect(refusals.details == (0..<Refusals.mostDetails).map { "series \($0)" })
    #expect(refusals.total == 20)
  }

  @Test func `words that will not be told are not made`() {
    var refusals = Refusals()
    var made = 0
    func detail() -> String {
      made += 1
      return "words"
    }
    for _ in 0..<100 { refusals.add(.noSamples, detail: detail()) }
    #expect(made == Refusals.mostDetails)
  }

  @Test func `the message joins the words`() {
    var refusals = Refusals()
    refusals.add(.noSamples, detail: "first")
    refusals.add(.noLabels, detail: "second")
    #expect(refusals.message == "first; second")
  }

  @Test func `the message ends with how many more there are`() {
    var refusals = Refusals()
    for number in 1...7 { refusals.add(.noSamples, detail: "\(number)") }
    #expect(refusals.message == "1; 2; 3; 4; 5; and 2 more")
  }

  @Test func `words that stand for many leave none of them over`() {
    var refusals = Refusals()
    refusals.add(.noRoute, count: 3, detail: "no route takes 3 series")
    #expect(refusals.message == "no route takes 3 series")
    for number in 1...6 { refusals.add(.noSamples, count: 10, detail: "\(number)") }
    #expect(refusals.message == "no route takes 3 series; 1; 2; 3; 4; and 20 more")
  }

  @Test func `after all is removed, words are told again`() {
    var refusals = Refusals()
    for number in 1...7 { refusals.add(.noSamples, detail: "\(number)") }
    refusals.removeAll()
    #expect(refusals.isEmpty)
    #expect(refusals.message == "")
    refusals.add(.noRoute, detail: "new")
    #expect(refusals.message == "new")
  }

  @Test func `every reason can stand as the value of a label`() {
    for reason in RefusalReason.allCases {
      let isWord = reason.rawValue.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789_".contains($0) }
      #expect(isWord, "\(reason.rawValue)")
    }
  }
}
