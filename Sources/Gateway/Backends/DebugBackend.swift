internal import Logging
internal import Memory
internal import Model
internal import Outbound
internal import Spool
internal import Wire

/// A backend that sends nothing anywhere: it counts, and at log level debug prints every series in exposition format.
struct DebugBackend: Backend {
  let endpoint: Outbound.Endpoint? = nil
  private let logger: Logger

  init(_ logger: Logger) { self.logger = logger }

  func prepare(_ shipment: Shipment) -> Preparation {
    if logger.logLevel <= .debug {
      for payload in shipment.payloads { printSeries(of: payload, tenant: shipment.lane.tenant) }
    }
    return .finished(.delivered)
  }

  private func printSeries(of payload: Payload, tenant: String) {
    let batch = SeriesBatch(arena: Buffer(capacity: payload.rawBytes))
    do {
      try payload.uncompress(into: batch.arena, by: Buffer(capacity: payload.count + 10))
      try RemoteWriteDecoder().decode(batch)
    } catch {
      logger.error("a block cannot be read back", metadata: ["error": "\(error)"])
      return
    }
    for index in 0..<batch.series.count {
      for line in ExpositionLines.of(batch.series[index], in: batch) {
        logger.debug("series", metadata: ["tenant": "\(tenant)", "series": "\(line)"])
      }
    }
  }
}
