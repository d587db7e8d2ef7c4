public import JSON

extension LoadRecord {
  static let format = "sluice-load/1"

  /// The record as JSON. A sample is not listed but described: series `s` of a batch has at
  /// `start_ms + tick * interval_ms` the value `base + step * tick`, for each tick below the batch's `ticks`.
  public var json: JSONValue {
    [
      "format": .string(Self.format),
      "protocol": .string(wire.rawValue),
      "run": .string(run),
      "start_ms": .integer(start),
      "interval_ms": .integer(interval),
      "batches": .array(batches.map(\.json)),
    ]
  }
}

extension RecordedBatch {
  var json: JSONValue {
    [
      "tenant": .string(tenant),
      "ticks": .integer(Int64(delivery.ticks)),
      "unconfirmed": .array(
        delivery.unconfirmed.map { [.integer(Int64($0.lowerBound)), .integer(Int64($0.upperBound))] }),
      "series": .array(series.map(\.json)),
    ]
  }
}

extension DescribedSeries {
  var json: JSONValue {
    [
      "labels": .object(JSONObject(labels.map { ($0.name, .string($0.value)) })),
      "base": .number(base),
      "step": .number(step),
    ]
  }
}
