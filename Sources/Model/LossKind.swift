/// What a data point, a resource or a scope can say in its own protocol and a Prometheus series cannot: it is left out or
/// said less exactly, and the rest is kept.
public enum LossKind: Int, CaseIterable, Sendable {
  /// Data points whose time was cut to milliseconds.
  case timePrecision
  /// Data points with an integer that no double holds, so that the nearest one stands for it.
  case integerPrecision
  /// Data points (OTLP) or samples (remote-write 2.0) whose start time is left out.
  case startTime
  /// Histogram points with a minimum or a maximum.
  case minimumMaximum
  /// Exponential histograms finer than the finest native ones: neighbouring buckets were merged.
  case histogramScale
  /// Exponential histograms with a zero threshold of their own.
  case zeroThreshold
  /// Native histograms of a point without a sum, which say that it is 0.
  case missingSum
  /// Exemplars of gauges.
  case gaugeExemplar
  /// Exemplars without a value.
  case exemplarWithoutValue
  /// Exemplars that go without their attributes, which are longer than 128 characters.
  case exemplarAttributes
  /// Attributes of points that can be no label: called `__name__`, or with a value that has no text.
  case attribute
  /// Labels in which the values of several attributes were joined.
  case attributesJoined
  /// Attributes of points that gave way to a label of the resource, the scope or the series.
  case attributeReplaced
  /// Resources of whose attributes nothing is told.
  case resourceAttributes
  /// Resources with a schema URL.
  case resourceSchema
  /// Scopes of whose name, version, schema URL and attributes nothing is told.
  case scope
  /// Metrics with metadata of their own.
  case metricMetadata
  /// Metadata of remote-write 1.0 that belongs to no tenant of its request, where series name their tenants.
  case metadataWithoutTenant

  /// The `kind` label of `sluice_translation_losses_total`.
  public var name: String {
    switch self {
    case .timePrecision: "time_precision"
    case .integerPrecision: "integer_precision"
    case .startTime: "start_time"
    case .minimumMaximum: "minimum_maximum"
    case .histogramScale: "histogram_scale"
    case .zeroThreshold: "zero_threshold"
    case .missingSum: "missing_sum"
    case .gaugeExemplar: "gauge_exemplar"
    case .exemplarWithoutValue: "exemplar_without_value"
    case .exemplarAttributes: "exemplar_attributes"
    case .attribute: "attribute"
    case .attributesJoined: "attributes_joined"
    case .attributeReplaced: "attribute_replaced"
    case .resourceAttributes: "resource_attributes"
    case .resourceSchema: "resource_schema"
    case .scope: "scope"
    case .metricMetadata: "metric_metadata"
    case .metadataWithoutTenant: "metadata_without_tenant"
    }
  }
}
