/// Takes a replacement apart at its dollars.
struct ExpansionReader {
  enum Piece: Equatable {
    case literal([UInt8])
    case reference(String)
  }

  private var rest: Substring.UnicodeScalarView
  private var literal = ""
  private var result: [Piece] = []

  init(_ template: String) { rest = Substring(template).unicodeScalars }

  mutating func pieces() -> [Piece] {
    while let scalar = rest.popFirst() {
      guard scalar == "$" else {
        literal.unicodeScalars.append(scalar)
        continue
      }
      if rest.first == "$" {
        rest.removeFirst()
        literal.append("$")
      } else if let name = reference() {
        flush()
        result.append(.reference(name))
      } else {
        literal.append("$")
      }
    }
    flush()
    return result
  }

  /// The name behind a dollar, in braces or not; nil, and nothing taken, when none stands there.
  private mutating func reference() -> String? {
    var ahead = rest
    let isBraced = ahead.first == "{"
    if isBraced { ahead.removeFirst() }
    let name = ahead.prefix(while: Self.belongsToName)
    ahead = ahead[name.endIndex...]
    guard !name.isEmpty else { return nil }
    if isBraced {
      guard ahead.popFirst() == "}" else { return nil }
    }
    rest = ahead
    return String(name)
  }

  private static func belongsToName(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "_" { return true }
    return switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber: true
    default: false
    }
  }

  private mutating func flush() {
    if !literal.isEmpty { result.append(.literal(Array(literal.utf8))) }
    literal = ""
  }
}
