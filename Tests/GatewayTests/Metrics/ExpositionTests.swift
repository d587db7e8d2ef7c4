import Testing

@testable import Gateway

@Suite struct ExpositionTests {
  private let plain = MetricFamily("plain", .gauge, "What it is.")
  private let labelled = MetricFamily("labelled_total", .counter, "Counted.", labels: ["a", "b"])
  private let timed = MetricFamily("timed_seconds", .histogram, "Timed.", labels: ["a"])

  private func text(_ write: (inout Exposition) -> Void) -> String {
    var output = Exposition()
    write(&output)
    return output.text
  }

  @Test func `a sample stands behind the help and the type of its family`() {
    let text = text { $0.add(plain, value: 5) }
    #expect(text == "# HELP plain What it is.\n# TYPE plain gauge\nplain 5\n")
  }

  @Test func `help and type stand once, before the first of several samples`() {
    let text = text {
      $0.add(labelled, ["1", "2"], value: 3)
      $0.add(labelled, ["x", "y"], value: 4)
    }
    #expect(
      text == """
        # HELP labelled_total Counted.
        # TYPE labelled_total counter
        labelled_total{a="1",b="2"} 3
        labelled_total{a="x",b="y"} 4

        """)
  }

  @Test func `a vector without counters still shows what it is`() {
    let text = text { $0.add(CounterVector(labelled)) }
    #expect(text == "# HELP labelled_total Counted.\n# TYPE labelled_total counter\n")
  }

  @Test func `a vector gives a sample for each counter, in the order of the labels`() {
    let vector = CounterVector(labelled)
    vector["b", "x"].add(2)
    vector["a", "z"].add()
    vector["a", "y"].add(7)
    let values = ParsedExposition(text { $0.add(vector) }).samples
    #expect(values.map { "\($0.labels["a"] ?? "")\($0.labels["b"] ?? "") \($0.value)" } == ["ay 7", "az 1", "bx 2"])
  }

  @Test(arguments: [
    ("plain", "plain"), (#"a"b"#, #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#), (#"\n"#, #"\\n"#), ("", ""),
    ("é€😀", "é€😀"), ("a\r\nb", "a\r\\nb"), ("\"\u{301}", "\\\"\u{301}"),
  ])
  func `a label's value is escaped`(_ value: String, _ written: String) {
    let line = text { $0.add(labelled, [value, ""], value: 1) }.split(separator: "\n").last
    #expect(line.map(String.init) == "labelled_total{a=\"\(written)\",b=\"\"} 1")
  }

  @Test(arguments: ["plain", #"a"b\c"#, "a\nb", #"\""#, "}", "a,b=\"c\""])
  func `a label's value reads back as it was`(_ value: String) {
    let parsed = ParsedExposition(text { $0.add(labelled, [value, value], value: 1) })
    #expect(parsed.faults == [])
    #expect(parsed.samples.first?.labels == ["a": value, "b": value])
  }

  @Test func `a help text is escaped but for its quotes`() {
    let family = MetricFamily("f", .gauge, "Says \"no\",\nor \\ yes.")
    #expect(text { $0.add(family, value: 0) }.hasPrefix(#"# HELP f Says "no",\nor \\ yes."# + "\n# TYPE f gauge\n"))
  }

  @Test(arguments: [
    (0, "0"), (-0.0, "0"), (1, "1"), (-3, "-3"), (0.5, "0.5"), (1e15, "1000000000000000"), (.nan, "NaN"),
    (-Double.nan, "NaN"), (.signalingNaN, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
  ])
  func `a value is written as the format wants it`(_ value: Double, _ written: String) {
    #expect(text { $0.add(plain, value: value) }.hasSuffix("\nplain \(written)\n"))
  }

  @Test(arguments: [0.1, 1e300, -1e-300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e19, 9_007_199_254_740_992])
  func `a value reads back as the same number`(_ value: Double) {
    let parsed = ParsedExposition(text { $0.add(plain, value: value) })
    #expect(parsed.faults == [])
    #expect(parsed.value("plain").flatMap(Double.init) == value)
  }

  @Test func `a histogram's buckets are summed up, and end with all`() {
    let text = text { $0.add(timed, ["x"], bounds: [0.5, 1], counts: [3, 0, 4], sum: 12.5) }
    #expect(
      text == """
        # HELP timed_seconds Timed.
        # TYPE timed_seconds histogram
        timed_seconds_bucket{a="x",le="0.5"} 3
        timed_seconds_bucket{a="x",le="1"} 3
        timed_seconds_bucket{a="x",le="+Inf"} 7
        timed_seconds_sum{a="x"} 12.5
        timed_seconds_count{a="x"} 7

        """)
  }

  @Test func `several histograms of a family stand under one help and type`() {
    let parsed = ParsedExposition(
      text {
        $0.add(timed, ["x"], bounds: [1], counts: [1, 0], sum: 0.5)
        $0.add(timed, ["y"], bounds: [1], counts: [0, 2], sum: 9)
      })
    #expect(parsed.faults == [])
    #expect(parsed.value("timed_seconds_count", ["a": "y"]) == "2")
    #expect(parsed.samples.count == 8)
  }
}
