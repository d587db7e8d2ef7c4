/// Decodes `%41` in one segment of a path, strictly: half an escape, a hidden `/` and a NUL are refused, because two
/// programs on the way might read them as two different paths.
enum PercentDecoding {
  enum Fault: Error, Equatable, Sendable, CustomStringConvertible {
    case badEscape
    case slash
    case zero

    var description: String {
      switch self {
      case .badEscape: "a \"%\" is not followed by two hexadecimal digits"
      case .slash: "%2F, an escaped \"/\", is not allowed"
      case .zero: "%00 is not allowed"
      }
    }
  }

  static func decode(_ segment: UnsafeRawBufferPointer) throws(Fault) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(segment.count)
    var index = 0
    while index < segment.count {
      if segment[index] == UInt8(ascii: "%") {
        result.append(try escaped(segment, at: index + 1))
        index += 3
      } else {
        result.append(segment[index])
        index += 1
      }
    }
    return result
  }

  private static func escaped(_ segment: UnsafeRawBufferPointer, at index: Int) throws(Fault) -> UInt8 {
    guard index + 1 < segment.count, let high = segment[index].hexValue, let low = segment[index + 1].hexValue else {
      throw .badEscape
    }
    let byte = UInt8(high << 4 | low)
    if byte == UInt8(ascii: "/") { throw .slash }
    if byte == 0 { throw .zero }
    return byte
  }
}
