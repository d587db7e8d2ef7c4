internal import Spool

/// What a backend says it has written, in the headers that remote-write 2.0 has for it.
struct WrittenCounts: Equatable {
  /// Nil for a header that is missing or no number.
  var samples: Int?
  var histograms: Int?
  var exemplars: Int?

  static let headers = ["Samples", "Histograms", "Exemplars"].map { "X-Prometheus-Remote-Write-\($0)-Written" }

  /// - Parameter answer: as a backend that observes `headers` gets it.
  init(_ answer: Answer) {
    func count(_ name: String) -> Int? {
      answer.headers[name].flatMap { Int($0.trimmed) }.flatMap { $0 >= 0 ? $0 : nil }
    }
    samples = count(Self.headers[0])
    histograms = count(Self.headers[1])
    exemplars = count(Self.headers[2])
  }

  /// Whether the backend said anything at all: one that knows 1.0 only does not.
  var isThere: Bool { samples != nil || histograms != nil || exemplars != nil }
  var isNothing: Bool { samples ?? 0 == 0 && histograms ?? 0 == 0 && exemplars ?? 0 == 0 }

  /// What of `sent` was not written; a count that is missing means none.
  func missing(of sent: Contents) -> Contents {
    Contents(
      samples: max(0, sent.samples - (samples ?? 0)), histograms: max(0, sent.histograms - (histograms ?? 0)),
      exemplars: max(0, sent.exemplars - (exemplars ?? 0)))
  }
}
