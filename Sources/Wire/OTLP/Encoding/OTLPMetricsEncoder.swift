public import Memory

/// Writes an `ExportMetricsServiceRequest` from the outside to the inside; every call appends to the same buffer.
///
/// ```swift
/// let encoder = OTLPMetricsEncoder(body)
/// encoder.resource(service, scope: "shop") {
///   encoder.metric(name: "queue.length", unit: "{item}", .gauge) {
///     encoder.point(attributes, start: 0, time: now, .double(3))
///   }
/// }
/// ```
/// Cumulative temporality only. Owned by the thread that owns the buffer.
public struct OTLPMetricsEncoder {
  public enum Kind: Sendable {
    case gauge
    case monotonicSum
    case histogram
  }

  public enum Number: Sendable {
    case double(Double)
    case integer(Int64)
  }

  private let output: Buffer

  public init(_ output: Buffer) { self.output = output }

  /// Metrics of one resource in one scope.
  public func resource(_ attributes: OTLPAttributes, scope: String, _ metrics: () -> Void) {
    message(0x0A) {
      message(0x0A) { output.append(tag: 0x0A, attributes) }
      message(0x12) {
        message(0x0A) { output.append(tag: 0x0A, text: scope) }
        metrics()
      }
    }
  }

  /// One metric; its points are written by `points` and are of the same kind.
  public func metric(name: String, unit: String, _ kind: Kind, _ points: () -> Void) {
    message(0x12) {
      output.append(tag: 0x0A, text: name)
      if !unit.isEmpty { output.append(tag: 0x1A, text: unit) }
      switch kind {
      case .gauge:
        message(0x2A, points)
      case .monotonicSum:
        message(0x3A) {
          points()
          output.append(tag: 0x10, varint: Self.cumulative)
          output.append(tag: 0x18, varint: 1)
        }
      case .histogram:
        message(0x4A) {
          points()
          output.append(tag: 0x10, varint: Self.cumulative)
        }
      }
    }
  }

  /// A point of a gauge or a sum.
  /// - Parameters:
  ///   - start: nanoseconds since 1970; 0 is unknown.
  ///   - time: nanoseconds since 1970.
  public func point(_ attributes: OTLPAttributes, start: UInt64, time: UInt64, _ value: Number) {
    message(0x0A) {
      if start != 0 { output.append(tag: 0x11, fixed64: start) }
      output.append(tag: 0x19, fixed64: time)
      switch value {
      case .double(let value): output.append(tag: 0x21, double: value)
      case .integer(let value): output.append(tag: 0x31, fixed64: UInt64(bitPattern: value))
      }
      output.append(tag: 0x3A, attributes)
    }
  }

  /// A point of a histogram.
  /// - Parameters:
  ///   - start: nanoseconds since 1970; 0 is unknown.
  ///   - time: nanoseconds since 1970.
  ///   - counts: of each bucket alone; one more than there are bounds.
  ///   - bounds: upper ones, ascending, without the infinite one.
  public func histogramPoint(
    _ attributes: OTLPAttributes, start: UInt64, time: UInt64, sum: Double, counts: [UInt64], bounds: [Double]
  ) {
    message(0x0A) {
      if start != 0 { output.append(tag: 0x11, fixed64: start) }
      output.append(tag: 0x19, fixed64: time)
      output.append(tag: 0x21, fixed64: counts.reduce(0, &+))
      output.append(tag: 0x29, double: sum)
      message(0x32) { for count in counts { output.append(fixed64: count) } }
      message(0x3A) { for bound in bounds { output.append(fixed64: bound.bitPattern) } }
      output.append(tag: 0x4A, attributes)
    }
  }

  private static let cumulative: UInt64 = 2

  private func message(_ tag: UInt32, _ content: () -> Void) {
    let start = output.beginMessage(tag: tag)
    content()
    output.endMessage(start)
  }
}
