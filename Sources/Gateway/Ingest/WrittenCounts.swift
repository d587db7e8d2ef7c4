internal import Inbound
internal import Rules

/// How much of a request of remote-write 2.0 was written, for the headers that every answer to it has. Answers to 1.0 have
/// none of them: a sender that finds one believes it.
struct WrittenCounts: Sendable {
  private let counts: SeriesCounts

  init(_ counts: SeriesCounts) { self.counts = counts }

  /// What is left when `lost` has turned out not to be written.
  func without(_ lost: SeriesCounts) -> WrittenCounts {
    WrittenCounts(
      SeriesCounts(
        series: max(0, counts.series - lost.series), samples: max(0, counts.samples - lost.samples),
        histograms: max(0, counts.histograms - lost.histograms),
        exemplars: max(0, counts.exemplars - lost.exemplars)))
  }

  /// The answer to a request whose head is `head`: where counts are due and it has none, nothing was written.
  static func completed(_ response: Response, _ head: RequestHead, _ protocolName: IngestProtocol?) -> Response {
    guard protocolName == .remoteWrite, !response.headers.contains(where: { $0.name == name("Samples") }),
      BodyFormat(.remoteWrite, contentType: head.headers.first("Content-Type")) == .remoteWrite2
    else { return response }
    return response.telling(WrittenCounts(SeriesCounts()))
  }

  fileprivate var fields: [HeaderField] {
    [("Samples", counts.samples), ("Histograms", counts.histograms), ("Exemplars", counts.exemplars)]
      .map { HeaderField(Self.name($0.0), String($0.1)) }
  }

  private static func name(_ kind: String) -> String { "X-Prometheus-Remote-Write-\(kind)-Written" }
}

extension Response {
  /// With the counts, where they are due.
  func telling(_ written: WrittenCounts?) -> Response {
    guard let written else { return self }
    var response = self
    response.headers += written.fields
    return response
  }
}

extension SeriesCounts {
  static func - (left: SeriesCounts, right: SeriesCounts) -> SeriesCounts {
    SeriesCounts(
      series: left.series - right.series, samples: left.samples - right.samples,
      histograms: left.histograms - right.histograms, exemplars: left.exemplars - right.exemplars)
  }
}
