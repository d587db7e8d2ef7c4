/// Upper and lower case, character for character, as Go's `strings.ToUpper` and `strings.ToLower` map them.
///
/// The standard library knows the full mappings (`ß` → `SS`), Go the simple ones (`ß` stays): they differ only where
/// the full one is several characters.
enum SimpleCase {
  static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if let single = only(scalar.properties.lowercaseMapping) { return single }
    // The one character whose full lower case is longer: I with a dot above.
    return scalar == "\u{130}" ? "i" : scalar
  }

  static func upper(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if let single = only(scalar.properties.uppercaseMapping) { return single }
    return switch scalar.value {
    // Greek with iota subscript: the simple upper case keeps the iota, one character for one.
    case 0x1F80...0x1F87, 0x1F90...0x1F97, 0x1FA0...0x1FA7: Unicode.Scalar(scalar.value + 8) ?? scalar
    case 0x1FB3, 0x1FC3, 0x1FF3: Unicode.Scalar(scalar.value + 9) ?? scalar
    default: scalar
    }
  }

  private static func only(_ mapping: String) -> Unicode.Scalar? {
    let scalars = mapping.unicodeScalars
    guard let first = scalars.first, scalars.dropFirst().isEmpty else { return nil }
    return first
  }
}
