/// Why a compressed body cannot be opened.
public enum CompressionError: Error, Equatable, CustomStringConvertible {
  /// The bytes are not what the encoding says.
  case corrupt(encoding: String)
  /// The content would be larger than `limit` bytes; found before that memory was taken.
  case tooLarge(limit: Int)
  /// There is no memory for the content now.
  case noMemory

  public var description: String {
    switch self {
    case .corrupt(let encoding): "the body is not valid \(encoding)"
    case .tooLarge(let limit): "the decompressed body is larger than \(limit) bytes"
    case .noMemory: "there is no memory for the decompressed body now"
    }
  }
}
