public import Memory

/// Series of one tenant that always travel in one request, in one order, over one connection.
public struct Batch: Sendable {
  enum Content: Sendable {
    case remoteWrite(RemoteWriteContent)
    case otlp(OTLPContent)
  }

  public let tenant: String
  public let series: [DescribedSeries]
  let content: Content

  /// Appends the request's body, before compression, with one sample of each series.
  /// - Parameters:
  ///   - time: of the tick, milliseconds since 1970.
  ///   - start: when counting began, milliseconds since 1970.
  public func encode(tick: Int, time: Int64, start: Int64, into output: Buffer) {
    switch content {
    case .remoteWrite(let content): content.encode(series, tick: tick, time: time, into: output)
    case .otlp(let content): content.encode(series, tick: tick, time: time, start: start, into: output)
    }
  }
}
