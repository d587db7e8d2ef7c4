public import Memory
public import Spool

/// Turns blocks into requests and answers into verdicts. Called on the sender's thread, which serves all
/// backends: nothing here may block.
public protocol Backend: Sendable {
  /// Where to send; nil for a backend that takes its blocks in the process.
  var endpoint: Endpoint? { get }
  /// Whether several blocks of a lane may travel in one request.
  var mergesBlocks: Bool { get }
  /// Which version of its protocol the backend is spoken to now; nil where there is but one.
  var protocolVersion: String? { get }
  /// Takes blocks apart of which the backend refuses a part; nil: a block is refused whole or not at all.
  var splitter: (any Splitter)? { get }
  /// Makes the request for `shipment`, or takes the shipment itself and says what came of it.
  func prepare(_ shipment: Shipment) -> Preparation
  /// What an answer means.
  func verdict(_ answer: Answer) -> Verdict
}

extension Backend {
  public var mergesBlocks: Bool { true }
  public var protocolVersion: String? { nil }
  public var splitter: (any Splitter)? { nil }
  public func verdict(_ answer: Answer) -> Verdict { Verdict(answer) }
}

/// Blocks of one lane that are sent together.
public struct Shipment: Sendable {
  public let lane: LaneKey
  /// In order, at least one.
  public let payloads: [Payload]
  /// How often the first of them was tried before.
  public let failures: Int
  /// For bodies that have to be put together.
  public let buffers: BufferPool

  public init(lane: LaneKey, payloads: [Payload], failures: Int, buffers: BufferPool) {
    self.lane = lane
    self.payloads = payloads
    self.failures = failures
    self.buffers = buffers
  }
}

public enum Preparation: Sendable {
  /// A POST to the endpoint. `judge` says what the answer to just this request means; nil: `Backend.verdict` does.
  case request(headers: [HeaderField], body: RequestBody, judge: (@Sendable (Answer) -> Verdict)? = nil)
  /// It is done already, or will not be.
  case finished(Verdict)
}
