public import Spool

/// Takes the payloads of a backend apart where its protocol allows it. Called on the sender's thread.
public protocol Splitter: Sendable {
  /// Where in the decoded bytes of a payload its items begin: series and whatever else can be sent by itself, in their
  /// order, none empty. The last element is the end of the last item; what lies between them covers the payload.
  /// - Returns: nil when the payload cannot be read.
  func boundaries(of payload: Payload) -> [Int]?

  /// Payloads of their own of some ranges of the decoded bytes, each from boundary to boundary.
  /// - Returns: nil when the payload cannot be read.
  func cut(_ payload: Payload, _ ranges: [Range<Int>]) -> [Payload]?

  /// The items of the series that an answer names; none where it names none, or none that is there.
  func items(namedBy reason: String, in payload: Payload) -> [Range<Int>]
}

extension Splitter {
  public func items(namedBy reason: String, in payload: Payload) -> [Range<Int>] { [] }
}
