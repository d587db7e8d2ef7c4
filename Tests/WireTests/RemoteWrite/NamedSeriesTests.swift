import Testing

@testable import Wire

@Suite struct NamingSeries {
  private let body = WriteRequestBuilder()
    .series([("__name__", "up"), ("job", "x")])
    .series([("__name__", "up"), ("job", "y \"quoted\" \\ line\n")])
    .series([("__name__", "up"), ("job", "x")])
    .series([("__name__", "down"), ("job", "x"), ("zone", "Zürich")])
    .body

  private func found(_ text: String) throws -> Int? {
    guard let named = NamedSeries(in: text) else { return nil }
    return try body.withUnsafeBytes { try named.items(in: $0).count }
  }

  @Test(arguments: [
    ("user=a: err: out of order sample. timestamp=2024-01-01T00:00:00Z, series={__name__=\"up\", job=\"x\"}", 2),
    ("out of order sample. timestamp=1, series={job=\"x\",__name__=\"up\"} and more", 2),
    ("… The affected series is {\"__name__\"=\"down\", job=\"x\", zone=\"Zürich\"}", 1),
    (#"series={__name__="up", job="y \"quoted\" \\ line\n"}"#, 1),
    ("series={__name__=\"other\"}", 0), ("series={}", 0),
  ])
  func `the items of a series that is named are found`(_ text: String, _ count: Int) throws {
    #expect(try found(text) == count)
  }

  @Test(arguments: [
    "", "out of order sample", "series={", "series={__name__", "series={__name__=\"up\"", "series={a=\"1\", a=\"2\"}",
    "series={__name__=\"up\\x41\"}", "series: \"up{job=\\\"x\\\"}\"",
  ])
  func `what names no series, or not all of it, finds nothing`(_ text: String) {
    #expect(NamedSeries(in: text) == nil)
  }

  @Test func `an item is found where it lies`() throws {
    let named = try #require(NamedSeries(in: "series={__name__=\"down\", job=\"x\", zone=\"Zürich\"}"))
    let (ranges, boundaries) = try body.withUnsafeBytes {
      (try named.items(in: $0), try RequestItems.boundaries(in: $0))
    }
    #expect(ranges == [boundaries[3]..<boundaries[4]])
  }

  @Test func `items are counted by kind, and an end in the middle is an error`() throws {
    let counts = try body.withUnsafeBytes { try RequestItems.counts(in: $0) }
    #expect(counts.series == 4)
    #expect(counts.samples == 4)
    #expect(throws: WireError.self) {
      try body.dropLast().withUnsafeBytes { _ = try RequestItems.boundaries(in: $0) }
    }
  }
}
