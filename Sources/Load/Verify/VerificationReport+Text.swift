public import JSON

extension VerificationReport {
  /// A table for people, 80 columns wide, and below it the first few differences.
  public var lines: [String] {
    var table = Table([
      ("BACKEND", .left), ("TENANT", .left), ("SERIES", .right), ("FOUND", .right), ("SAMPLES", .right),
      ("FOUND", .right), ("MISSING", .right), ("DIFFER", .right), ("EXTRA", .right),
    ])
    for row in rows {
      let found = row.findings
      table.add(
        [row.backend, row.tenant]
          + [
            found.seriesSent, found.seriesFound, found.samplesSent, found.samplesFound, found.missing, found.different,
            found.extra + found.repeated,
          ].map(String.init))
    }
    return table.lines + rows.flatMap(\.differences)
  }

  public var json: JSONValue {
    ["complete": .bool(isComplete), "rows": .array(rows.map(\.json))]
  }
}

extension VerificationReport.Row {
  fileprivate var differences: [String] {
    // Of a backend that does not answer it is not known what it lacks.
    let all = failure.map { ["no answer: \($0)"] } ?? findings.differences
    return all.map { "\(backend), \(tenant): \($0)" }
  }

  fileprivate var json: JSONValue {
    [
      "backend": .string(backend),
      "tenant": .string(tenant),
      "series_sent": .integer(Int64(findings.seriesSent)),
      "series_found": .integer(Int64(findings.seriesFound)),
      "samples_sent": .integer(Int64(findings.samplesSent)),
      "samples_found": .integer(Int64(findings.samplesFound)),
      "missing": .integer(Int64(findings.missing)),
      "different": .integer(Int64(findings.different)),
      "extra": .integer(Int64(findings.extra)),
      "repeated": .integer(Int64(findings.repeated)),
      "failure": failure.map { .string($0) } ?? .null,
      "differences": .array(findings.differences.map { .string($0) }),
    ]
  }
}
