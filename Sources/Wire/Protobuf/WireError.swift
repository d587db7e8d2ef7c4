/// Bytes that are not the message they should be, in protobuf or in its JSON form: what is wrong, in which field, at which
/// byte of the body.
public struct WireError: Error, Equatable, CustomStringConvertible {
  public enum Fault: String, Sendable {
    case truncated = "the message ends inside a value"
    case overlongVarint = "a varint does not fit 64 bits"
    case invalidTag = "a tag names no field"
    case invalidWireType = "a tag has a wire type that does not exist"
    case wrongWireType = "a field has the wrong wire type"
    case unmatchedGroup = "a group ends that was not begun, or is not ended"
    case tooDeep = "messages are nested too deep"
    case invalidLength = "a field has a length that it cannot have"
    case invalidJSON = "the text is not JSON"
    case wrongJSONType = "a field has a value of the wrong JSON type"
    case invalidNumber = "a number does not fit its field"
    case invalidEncoding = "bytes are not in the form that the field has in JSON"
    case tooLarge = "the message needs more memory than one batch may take"
  }

  public var fault: Fault
  /// Where in the body the value begins that could not be read.
  public var offset: Int
  /// The fields that lead there, outermost first.
  public var path: [String]

  public init(_ fault: Fault, at offset: Int, path: [String] = []) {
    self.fault = fault
    self.offset = offset
    self.path = path
  }

  /// The same error, seen from the message that holds `field`.
  public func inside(_ field: String) -> WireError {
    WireError(fault, at: offset, path: [field] + path)
  }

  public var description: String { path.isEmpty ? words : "\(field): \(words)" }

  /// The path in one piece.
  var field: String { path.joined(separator: ".") }

  /// What is wrong and where in the body, without the path.
  var words: String { "\(fault.rawValue) (byte \(offset))" }
}
