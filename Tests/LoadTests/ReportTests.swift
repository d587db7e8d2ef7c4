import Testing

@testable import Load

@Suite struct Reports {
  private func row(_ backend: String, _ tenant: String, missing: Int = 0) -> VerificationReport.Row {
    var findings = Findings()
    findings.seriesSent = 1_000_000
    findings.seriesFound = 1_000_000
    findings.samplesSent = 100_000_000
    findings.samplesFound = 100_000_000 - missing
    findings.missing = missing
    return VerificationReport.Row(backend: backend, tenant: tenant, findings: findings, failure: nil)
  }

  @Test func `a table fits 80 columns, numbers whole and at the right`() {
    let long = String(repeating: "n", count: 60)
    let report = VerificationReport(
      rows: [row(long, long, missing: 12), row("a", "b")], allowsRepeats: false)
    let lines = report.lines
    #expect(lines.count == 3)
    #expect(Set(lines.map(\.count)).count == 1)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines[1].contains("…") && lines[1].contains("  99999988  "))
    #expect(!report.isComplete)
  }

  @Test func `a backend that gives no answer is named with its reason`() {
    let failed = VerificationReport.Row(
      backend: "p", tenant: "t", findings: Findings(), failure: "connection refused")
    let report = VerificationReport(rows: [failed], allowsRepeats: false)
    #expect(!report.isComplete)
    #expect(report.lines.last == "p, t: no answer: connection refused")
  }

  @Test func `a load without a sample that was taken cannot be checked`() throws {
    let backend = try BackendAddress(parsing: "p=prometheus:http://h")
    #expect(throws: LoadError.self) {
      try Verification(records: [.test(unconfirmed: [0..<3])], backends: [backend])
    }
    #expect(throws: LoadError.self) { try Verification(records: [], backends: [backend]) }
    #expect(throws: LoadError.self) { try Verification(records: [.test()], backends: []) }
    #expect(throws: LoadError.self) { try Verification(records: [.test()], backends: [backend, backend]) }
  }

  @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")])
  func `numbers are grouped by thousands`(_ number: Int, _ text: String) {
    #expect(NumberText.grouped(number) == text)
  }

  @Test(arguments: [
    (Duration.microseconds(850), "850 µs"), (.microseconds(12_340), "12.3 ms"), (.milliseconds(250), "250 ms"),
    (.milliseconds(1250), "1.3 s"),
  ])
  func `durations are short`(_ duration: Duration, _ text: String) {
    #expect(TimeText.of(duration) == text)
  }
}
