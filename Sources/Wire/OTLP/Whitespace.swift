/// What Unicode calls white space, in UTF-8.
enum Whitespace {
  static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = text
    while let space = spaces.first(where: { rest.starts(with: $0) }) { rest = rest.dropFirst(space.count) }
    while let space = spaces.first(where: { rest.suffix($0.count).elementsEqual($0) }) {
      rest = rest.dropLast(space.count)
    }
    return rest
  }

  private static let spaces: [[UInt8]] = {
    let single: [UInt32] = [
      0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
    ]
    return (single + Array(0x2000...0x200A)).compactMap { Unicode.Scalar($0).map { Array(String($0).utf8) } }
  }()
}
