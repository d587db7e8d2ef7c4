internal import Inbound

/// The way back to the sender: answers once, and counts the answer and how long it took.
struct Reply: Sendable {
  private let exchange: Exchange
  private let metrics: GatewayMetrics
  private let listener: String
  private let begun = ContinuousClock.now

  init(_ exchange: Exchange, _ metrics: GatewayMetrics, listener: String) {
    self.exchange = exchange
    self.metrics = metrics
    self.listener = listener
  }

  /// Any thread.
  func send(_ response: Response, _ format: WireFormat?) {
    metrics.answered(listener, format?.protocolName, response.status)
    metrics.took(format?.protocolName, .now - begun)
    exchange.respond(response)
  }
}
