import Testing

@testable import Config

/// What YAML itself brings.
@Suite struct Documents {
  @Test func `anchors and merge keys work, and what is given wins`() throws {
    let text = """
      backends:
        a: &base {type: debug, namespace: one, best_effort: true}
        b:
          namespace: two
          <<: *base
        c: {<<: [{namespace: three}, *base]}
      routes: [{name: r, send: [a, b, c]}]
      """
    let backends = try load(text).backends
    #expect(backends.map(\.namespace) == ["one", "two", "three"])
    #expect(backends.map(\.isBestEffort) == [true, true, true])
  }

  @Test func `a quoted << is a key like any other`() {
    #expect(complaints(Sample.whole + "\"<<\": {}\n") == ["t.yaml:3:1: [\"<<\"]: unknown key"])
  }

  @Test func `a string tag makes a string of a number`() {
    #expect(
      complaints(Sample.whole + "workers: !!str 4\n")
        == ["t.yaml:3:10: workers: expected a whole number, got the string \"4\""])
  }

  @Test(arguments: ["[", "{a: ", "- "])
  func `nesting without end is refused`(_ opening: String) {
    let told = complaints(String(repeating: opening, count: 100_000))
    #expect(told.count == 1)
    #expect(told.first?.contains("Maximum nesting level reached") == true)
  }

  @Test(arguments: ["[*, *, *, *, *, *, *, *, *, *]", "{<<: [*, *, *, *, *, *, *, *, *, *]}"])
  func `aliases that multiply are refused`(_ shape: String) {
    let start = shape.hasPrefix("[") ? "[]" : "{}"
    let levels = (1...9).map { level in
      "a\(level): &a\(level) " + String(shape.map { $0 == "*" ? "*a\(level - 1) " : "\($0)" }.joined())
    }
    let text = "a0: &a0 \(start)\n" + levels.joined(separator: "\n") + "\n"
    let told = complaints(text)
    #expect(told.count { $0.contains("the document has more than 1000000 values") } == 1)
  }

  @Test func `a text past the size limit is refused`() {
    let text = String(repeating: "# x\n", count: ConfigurationLoader.largestFile / 4 + 1)
    #expect(complaints(text) == ["t.yaml: the text is larger than 16777216 bytes"])
  }

  @Test func `keys that stand twice are told however many there are`() {
    let text = Sample.whole + (1...50).map { "k\($0): 1\nk\($0): 2\n" }.joined()
    #expect(complaints(text).count { $0.contains("duplicate key") } == 50)
  }

  @Test func `past a hundred keys that stand twice the first one left is told`() {
    let text = (1...150).map { "k\($0): 1\nk\($0): 2\n" }.joined()
    #expect(complaints(text).allSatisfy { $0.contains("duplicate key \"k") })
    #expect(complaints(text).count == 1)
  }

  @Test(arguments: [("adress", "address"), ("Address", "address"), ("addrses", "address"), ("address_", "address")])
  func `a slip is near to what was meant`(_ typed: String, _ meant: String) {
    #expect(Suggestion.closest(to: typed, among: ["timeout", meant, "tls"]) == meant)
  }

  @Test(arguments: ["port", "x", ""])
  func `what is far from all names suggests none`(_ typed: String) {
    #expect(Suggestion.closest(to: typed, among: ["timeout", "address", "t"]) == nil)
  }

  @Test(arguments: [("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("kitten", "sitting", 3)])
  func `the distance counts slips`(_ left: String, _ right: String, _ distance: Int) {
    #expect(Suggestion.distance(left, right) == distance)
    #expect(Suggestion.distance(right, left) == distance)
  }
}
