/// What a server has done and is doing, at one moment. Counts begin with the server and only grow.
public struct ServerStatistics: Sendable, Equatable {
  public var connectionsOpen = 0
  public var connectionsAccepted: UInt64 = 0
  /// Requests whose head has come and whose answer is not sent.
  public var requestsInFlight = 0
  /// Of these, those that wait for a worker.
  public var requestsWaiting = 0
  /// Answers by status, those that the HTTP library gave by itself among them.
  public var responses: [Int: UInt64] = [:]
  /// Answers that no worker gave, by reason. They count in `responses` as well.
  public var refused: [Refusal: UInt64] = [:]
  /// Requests that ended without an answer: the client left, or was cut off.
  public var aborted: UInt64 = 0
  /// Connections that were cut off in the middle of a request because they took too long.
  public var timedOut: UInt64 = 0
  /// Bytes of bodies that came in, thrown away ones included.
  public var bodyBytes: UInt64 = 0
  /// Bytes of memory that bodies hold now.
  public var bodyMemory = 0
}
