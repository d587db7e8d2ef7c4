/// What can be limited for a tenant. The raw value is the key in the configuration, and the name in refusals and metrics.
public enum Limit: String, CaseIterable, Sendable {
  case samplesPerSecond = "samples_per_second"
  case burst
  case requestsInFlight = "max_requests_in_flight"
  case bodyBytes = "max_body_bytes"
  case seriesPerRequest = "max_series_per_request"
  case labelNamesPerSeries = "max_label_names_per_series"
  case labelNameLength = "max_label_name_length"
  case labelValueLength = "max_label_value_length"
  case activeSeries = "max_active_series"
}

/// The limits that hold for a tenant; nil is none.
public struct TenantLimits: Hashable, Sendable {
  public var samplesPerSecond: Int?
  /// Samples that may come at once; where it is left out, those of one second.
  public var burst: Int?
  public var requestsInFlight: Int?
  public var bodyBytes: Int?
  public var seriesPerRequest: Int?
  /// The metric's name among them.
  public var labelNamesPerSeries: Int?
  /// Bytes.
  public var labelNameLength: Int?
  /// Bytes.
  public var labelValueLength: Int?
  public var activeSeries: Int?

  public init(_ values: [Limit: Int] = [:]) {
    samplesPerSecond = values[.samplesPerSecond]
    burst = values[.burst]
    requestsInFlight = values[.requestsInFlight]
    bodyBytes = values[.bodyBytes]
    seriesPerRequest = values[.seriesPerRequest]
    labelNamesPerSeries = values[.labelNamesPerSeries]
    labelNameLength = values[.labelNameLength]
    labelValueLength = values[.labelValueLength]
    activeSeries = values[.activeSeries]
  }

  public var isEmpty: Bool { self == TenantLimits() }
  /// Whether each series has to be looked at.
  public var concernSeries: Bool {
    labelNamesPerSeries != nil || labelNameLength != nil || labelValueLength != nil || activeSeries != nil
  }
}
