import Model

/// The messages of OTLP metrics as they stand in JSON, with what each field becomes in protobuf.
enum JSONSchema: Int, BitwiseCopyable, CaseIterable, Sendable {
  case request, resourceMetrics, resource, scopeMetrics, scope, metric, gauge, sum, histogram, exponentialHistogram
  case summary, numberPoint, histogramPoint, exponentialPoint, buckets, summaryPoint, quantile, exemplar, keyValue
  case anyValue, arrayValue, keyValueList

  enum Kind: BitwiseCopyable, Sendable {
    case text
    /// Bytes as hexadecimal digits: identifiers of traces and spans.
    case hexadecimal
    /// Bytes as base64: all others.
    case base64
    case bool
    case double
    case fixed64
    case signedFixed64
    case int64
    case uint64
    case uint32
    case zigzag32
    case temporality
    case message(JSONSchema)
    /// An array of messages, one field each.
    case messages(JSONSchema)
    /// An array of numbers, one field together.
    case packedDouble
    case packedFixed64
    case packedUInt64
  }

  /// A plain value, as one is looked up for every member.
  struct Field: BitwiseCopyable {
    var number: UInt32
    var kind: Kind
    /// As the specification has it, and as it is called in the protobuf definition. They live as long as the program.
    var camelCase: UnsafeRawBufferPointer
    var snakeCase: UnsafeRawBufferPointer

    init(_ number: UInt32, _ name: StaticString, _ kind: Kind) {
      self.number = number
      self.kind = kind
      camelCase = name.bytes
      let snake = camelCase.flatMap { byte in
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? [underscore, byte | 0x20] : [byte]
      }
      let kept = UnsafeMutableRawBufferPointer.allocate(byteCount: snake.count, alignment: 1)
      kept.copyBytes(from: snake)
      snakeCase = UnsafeRawBufferPointer(kept)
    }
  }

  /// The field called `name`; nil for one that is not known or not needed.
  @inline(__always) func field(_ name: UnsafeRawBufferPointer) -> Field? {
    let table = Self.tables[rawValue]
    for index in 0..<table.count {
      if table[index].camelCase.hasSameBytes(as: name) || table[index].snakeCase.hasSameBytes(as: name) {
        return table[index]
      }
    }
    return nil
  }

  // nonisolated(unsafe): neither the tables nor what they point to are written after this line.
  private nonisolated(unsafe) static let tables: UnsafePointer<UnsafeBufferPointer<Field>> = {
    let tables = UnsafeMutablePointer<UnsafeBufferPointer<Field>>.allocate(capacity: allCases.count)
    for schema in allCases {
      let table = UnsafeMutableBufferPointer<Field>.allocate(capacity: schema.fields.count)
      _ = table.initialize(from: schema.fields)
      (tables + schema.rawValue).initialize(to: UnsafeBufferPointer(table))
    }
    return UnsafePointer(tables)
  }()

  private var fields: [Field] {
    switch self {
    case .request: [Field(1, "resourceMetrics", .messages(.resourceMetrics))]
    case .resourceMetrics:
      [
        Field(1, "resource", .message(.resource)), Field(2, "scopeMetrics", .messages(.scopeMetrics)),
        Field(3, "schemaUrl", .text),
      ]
    case .resource: [Field(1, "attributes", .messages(.keyValue))]
    case .scopeMetrics:
      [
        Field(1, "scope", .message(.scope)), Field(2, "metrics", .messages(.metric)), Field(3, "schemaUrl", .text),
      ]
    case .scope:
      [Field(1, "name", .text), Field(2, "version", .text), Field(3, "attributes", .messages(.keyValue))]
    case .metric:
      [
        Field(1, "name", .text), Field(2, "description", .text), Field(3, "unit", .text),
        Field(5, "gauge", .message(.gauge)), Field(7, "sum", .message(.sum)),
        Field(9, "histogram", .message(.histogram)),
        Field(10, "exponentialHistogram", .message(.exponentialHistogram)),
        Field(11, "summary", .message(.summary)), Field(12, "metadata", .messages(.keyValue)),
      ]
    case .gauge: [Field(1, "dataPoints", .messages(.numberPoint))]
    case .sum:
      [
        Field(1, "dataPoints", .messages(.numberPoint)), Field(2, "aggregationTemporality", .temporality),
        Field(3, "isMonotonic", .bool),
      ]
    case .histogram:
      [Field(1, "dataPoints", .messages(.histogramPoint)), Field(2, "aggregationTemporality", .temporality)]
    case .exponentialHistogram:
      [Field(1, "dataPoints", .messages(.exponentialPoint)), Field(2, "aggregationTemporality", .temporality)]
    case .summary: [Field(1, "dataPoints", .messages(.summaryPoint))]
    case .numberPoint, .histogramPoint, .exponentialPoint, .buckets, .summaryPoint, .quantile, .exemplar: pointFields
    case .keyValue: [Field(1, "key", .text), Field(2, "value", .message(.anyValue))]
    case .anyValue:
      [
        Field(1, "stringValue", .text), Field(2, "boolValue", .bool), Field(3, "intValue", .int64),
        Field(4, "doubleValue", .double), Field(5, "arrayValue", .message(.arrayValue)),
        Field(6, "kvlistValue", .message(.keyValueList)), Field(7, "bytesValue", .base64),
      ]
    case .arrayValue: [Field(1, "values", .messages(.anyValue))]
    case .keyValueList: [Field(1, "values", .messages(.keyValue))]
    }
  }

  private var pointFields: [Field] {
    let times = [Field(2, "startTimeUnixNano", .fixed64), Field(3, "timeUnixNano", .fixed64)]
    switch self {
    case .numberPoint:
      return times + [
        Field(4, "asDouble", .double), Field(5, "exemplars", .messages(.exemplar)), Field(6, "asInt", .signedFixed64),
        Field(7, "attributes", .messages(.keyValue)), Field(8, "flags", .uint32),
      ]
    case .histogramPoint:
      return times + [
        Field(4, "count", .fixed64), Field(5, "sum", .double), Field(6, "bucketCounts", .packedFixed64),
        Field(7, "explicitBounds", .packedDouble), Field(8, "exemplars", .messages(.exemplar)),
        Field(9, "attributes", .messages(.keyValue)), Field(10, "flags", .uint32), Field(11, "min", .double),
        Field(12, "max", .double),
      ]
    case .exponentialPoint:
      return times + [
        Field(1, "attributes", .messages(.keyValue)), Field(4, "count", .fixed64), Field(5, "sum", .double),
        Field(6, "scale", .zigzag32), Field(7, "zeroCount", .fixed64), Field(8, "positive", .message(.buckets)),
        Field(9, "negative", .message(.buckets)), Field(10, "flags", .uint32),
        Field(11, "exemplars", .messages(.exemplar)), Field(12, "min", .double), Field(13, "max", .double),
        Field(14, "zeroThreshold", .double),
      ]
    case .buckets: return [Field(1, "offset", .zigzag32), Field(2, "bucketCounts", .packedUInt64)]
    case .summaryPoint:
      return times + [
        Field(4, "count", .fixed64), Field(5, "sum", .double), Field(6, "quantileValues", .messages(.quantile)),
        Field(7, "attributes", .messages(.keyValue)), Field(8, "flags", .uint32),
      ]
    case .quantile: return [Field(1, "quantile", .double), Field(2, "value", .double)]
    case .exemplar:
      return [
        Field(2, "timeUnixNano", .fixed64), Field(3, "asDouble", .double), Field(4, "spanId", .hexadecimal),
        Field(5, "traceId", .hexadecimal), Field(6, "asInt", .signedFixed64),
        Field(7, "filteredAttributes", .messages(.keyValue)),
      ]
    default: return []
    }
  }
}
