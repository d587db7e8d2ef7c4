/// The answers by which backends say that they have written all but the series at fault.
///
/// A Prometheus takes nothing of a request of which it refuses a part. Thanos answers 409 and has the rest; Cortex and
/// Mimir answer 400 like a Prometheus, and only their words tell that the rest is written. They name the first series of
/// what may be thousands.
enum PartialWrite {
  static func isTold(by answer: Answer) -> Bool {
    switch answer.status {
    case 409: true
    case 400: words.contains { answer.excerpt.contains($0) } && !exceptions.contains { answer.excerpt.contains($0) }
    default: false
    }
  }

  // Of the ingesters, then of the distributor: Cortex, pkg/distributor and pkg/util/validation; Mimir numbers its errors.
  private static let words = [
    "maxFailure (quorum)", "sample invalid label: ", "sample invalid metric name: ", "sample missing metric name",
    "duplicate label name: ", "series has too many labels", "label name too long for metric",
    "label value too long for metric", "timestamp too new: ", "timestamp too old: ", "exemplar missing labels",
    "exemplar missing timestamp", "exceeds 128 characters", "per-metric series limit of", "per-user series limit of",
    "err-mimir-",
  ]
  /// Refused as a whole all the same.
  private static let exceptions = ["empty labels found", "larger than max"]
}
