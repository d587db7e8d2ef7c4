/// A token that can be compared and not read.
struct TokenDigest: Equatable {
  private let bytes: [UInt8]

  init(_ token: String) { bytes = Array(token.utf8) }

  /// Takes as long whatever the bytes are.
  static func == (left: Self, right: Self) -> Bool {
    guard left.bytes.count == right.bytes.count else { return false }
    return zip(left.bytes, right.bytes).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
