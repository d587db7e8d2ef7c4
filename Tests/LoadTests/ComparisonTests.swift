import Testing

@testable import Load

@Suite struct Comparisons {
  private func findings(_ found: [FoundSeries], unconfirmed: [Range<Int>] = []) -> Findings {
    var comparison = Comparison(.test(unconfirmed: unconfirmed), tenant: "red")
    for series in found { comparison.add(series) }
    return comparison.result
  }

  @Test func `what was sent is complete`() {
    let findings = findings([.allOfA, .allOfB])
    #expect(findings.isComplete(allowingRepeats: false))
    #expect(findings.seriesSent == 2 && findings.seriesFound == 2)
    #expect(findings.samplesSent == 6 && findings.samplesFound == 6)
    #expect(findings.differences.isEmpty)
  }

  @Test func `a series may come in parts`() {
    let findings = findings([.a([(1_001_000, 12)]), .allOfB, .a([(1_000_000, 10), (1_000_500, 11)])])
    #expect(findings.isComplete(allowingRepeats: false))
  }

  @Test func `a sample that is not there is missing`() {
    let findings = findings([.allOfA, .b([(1_000_000, 0.5), (1_001_000, 1)])])
    #expect(findings.missing == 1 && findings.samplesFound == 5)
    #expect(!findings.isComplete(allowingRepeats: true))
    #expect(
      findings.differences == [
        "b{x=\"y\"} lacks 1 of 3 samples, the first is 0.75 at 1970-01-01T00:16:40.500Z"
      ])
  }

  @Test func `a series that is not there is missing with all its samples`() {
    let findings = findings([.allOfA])
    #expect(findings.seriesFound == 1 && findings.missing == 3)
  }

  @Test func `another value is a difference, not a missing sample`() {
    let findings = findings([.a([(1_000_000, 10), (1_000_500, 11.5), (1_001_000, 12)]), .allOfB])
    #expect(findings.different == 1 && findings.missing == 0 && findings.samplesFound == 5)
    #expect(findings.differences == ["a{} has 11.5 at 1970-01-01T00:16:40.500Z, 11 was sent"])
  }

  @Test(arguments: [999_500, 1_000_001, 1_001_500] as [Int64])
  func `a sample at a time at which none was sent is extra`(_ time: Int64) {
    let findings = findings([.allOfA, .a([(time, 10)]), .allOfB])
    #expect(findings.extra == 1 && findings.missing == 0)
    #expect(!findings.isComplete(allowingRepeats: true))
  }

  @Test func `a series that was not sent is extra with all its samples`() {
    let other = FoundSeries(labels: [SeriesLabel("__name__", "c")], samples: [FoundSample(time: 1, value: 1)])
    let findings = findings([.allOfA, .allOfB, other])
    #expect(findings.extra == 1)
    #expect(findings.differences == ["c{} was not sent, but has 1 samples"])
  }

  @Test func `a series with one label more is not the series that was sent`() {
    var more = FoundSeries.allOfA
    more.labels.append(SeriesLabel("z", "z"))
    let findings = findings([more, .allOfB])
    #expect(findings.extra == 3 && findings.missing == 3)
  }

  @Test func `a copy of a sample is repeated, which may be allowed`() {
    let findings = findings([.allOfA, .allOfB, .a([(1_000_500, 11)])])
    #expect(findings.repeated == 1 && findings.samplesFound == 6)
    #expect(findings.isComplete(allowingRepeats: true))
    #expect(!findings.isComplete(allowingRepeats: false))
  }

  @Test func `a second value for a time is extra`() {
    let findings = findings([.allOfA, .allOfB, .a([(1_000_500, 99)])])
    #expect(findings.extra == 1 && findings.samplesFound == 6)
  }

  @Test func `a sample that was not confirmed may be there or not`() {
    let without: [FoundSeries] = [.a([(1_000_000, 10), (1_001_000, 12)]), .b([(1_000_000, 0.5), (1_001_000, 1)])]
    for found in [[.allOfA, .allOfB], without] {
      let findings = findings(found, unconfirmed: [1..<2])
      #expect(findings.isComplete(allowingRepeats: false))
      #expect(findings.samplesSent == 4 && findings.samplesFound == 4)
    }
  }

  @Test func `a sample that was not confirmed must have its value if it is there`() {
    let findings = findings(
      [.a([(1_000_000, 10), (1_000_500, 5), (1_001_000, 12)]), .allOfB], unconfirmed: [1..<2])
    #expect(findings.different == 1)
  }

  @Test func `not a number is a difference`() {
    let findings = findings([.a([(1_000_000, 10), (1_000_500, .nan), (1_001_000, 12)]), .allOfB])
    #expect(findings.different == 1)
  }

  @Test func `only the first few differences are put in words`() {
    let many = (0..<20).map { FoundSeries.a([(Int64($0), 1)]) }
    #expect(findings(many).differences.count == Findings.mostDifferences)
  }
}
