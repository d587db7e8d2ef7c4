/// Why a series, a sample or a data point cannot be taken. The raw value is the `reason` label of
/// `sluice_refused_total`.
public enum RefusalReason: String, CaseIterable, Sendable {
  case noLabels = "no_labels"
  case noMetricName = "no_metric_name"
  case emptyLabelName = "empty_label_name"
  case duplicateLabelName = "duplicate_label_name"
  case invalidUTF8 = "invalid_utf8"
  case noSamples = "no_samples"
  /// A reference into the symbol table of remote-write 2.0 that leads nowhere, or a name without a value.
  case invalidReference = "invalid_reference"
  case invalidHistogram = "invalid_histogram"
  case unsupportedType = "unsupported_type"
  case unsupportedTemporality = "unsupported_temporality"
  case invalidName = "invalid_name"
  case invalidTimestamp = "invalid_timestamp"
  case invalidExemplar = "invalid_exemplar"
  case noRoute = "no_route"
  case noTenant = "no_tenant"
  /// What a label or a resource attribute names is no tenant.
  case invalidTenant = "invalid_tenant"
  /// A tenant that the sender may not write as.
  case forbiddenTenant = "forbidden_tenant"
  /// A header for the backends that cannot be sent.
  case invalidHeader = "invalid_header"
  case tooManyLabels = "too_many_labels"
  /// The tenant sends from more clusters of replicas than are told apart.
  case tooManyClusters = "too_many_ha_clusters"
  /// One request for too many tenants.
  case tooManyTenants = "too_many_tenants"
  // Limits of the tenant.
  case labelNameTooLong = "label_name_too_long"
  case labelValueTooLong = "label_value_too_long"
  case tooManyActiveSeries = "too_many_active_series"
  case rateLimited = "rate_limited"
}

/// What of one request was refused: a count for each reason, and the words for the first few.
public struct Refusals: Sendable {
  /// How many calls of `add` are told in words.
  public static let mostDetails = 5

  public private(set) var counts: [RefusalReason: Int] = [:]
  public private(set) var details: [String] = []
  /// How many refusals the details speak of: one may stand for many.
  private var told = 0

  public init() {}

  public var isEmpty: Bool { counts.isEmpty }
  /// Refused in all, in the unit of the protocol: series for remote-write, data points for OTLP.
  public var total: Int { counts.values.reduce(0, +) }

  public mutating func removeAll() {
    guard !isEmpty else { return }
    counts.removeAll()
    details.removeAll()
    told = 0
  }

  /// Counts `count` refusals; `detail` speaks of all of them, and is asked for only while it would be told.
  public mutating func add(
    _ reason: RefusalReason, count: Int = 1, detail: @autoclosure () -> String
  ) {
    counts[reason, default: 0] += count
    guard details.count < Self.mostDetails else { return }
    details.append(detail())
    told += count
  }

  /// Adds what was refused of another part of the request.
  public mutating func add(_ other: Refusals) {
    counts.merge(other.counts, uniquingKeysWith: +)
    for detail in other.details.prefix(Self.mostDetails - details.count) { details.append(detail) }
    told += other.told
  }

  /// The reasons in words, for the one who sent the request.
  public var message: String {
    let more = total - told
    return details.joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
  }
}
