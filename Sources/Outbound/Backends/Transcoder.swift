public import Spool

/// Makes requests of remote-write 2.0 of blocks, which are 1.0. Called on the sender's thread.
public protocol Transcoder: Sendable {
  /// Puts the payloads of `shipment` into one request.
  ///
  /// May be asked for the same shipment again.
  /// - Returns: nil when the blocks cannot be read.
  func transcode(_ shipment: Shipment) -> Transcript?
}

/// Blocks as remote-write 2.0.
public struct Transcript: Sendable {
  /// Nil when nothing of the blocks has a place in a request of 2.0: metadata alone, exemplars alone.
  public var body: RequestBody?
  /// What is in the body.
  public var contents: Contents

  public init(body: RequestBody?, contents: Contents) {
    self.body = body
    self.contents = contents
  }
}
