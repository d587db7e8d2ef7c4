/// Makes blocks of what is not encoded yet. Any thread.
public protocol Packer: AnyObject, Sendable {
  /// Encodes what `contents` hold, one behind the other, as one block.
  /// - Parameter contents: loose payloads of this packer, at least one.
  func pack(_ contents: [Payload]) -> Payload
}
