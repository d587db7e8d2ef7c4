/// The beginning of an answer's body as one printable line.
enum Excerpt {
  static let longest = 1024

  static func line(of body: some Sequence<UInt8>) -> String {
    let text = String(decoding: Array(body.prefix(longest)), as: UTF8.self)
    let printable = text.unicodeScalars.map { isPrintable($0) ? Character($0) : " " }
    return String(printable).split(separator: " ").joined(separator: " ")
  }

  // Format characters can turn the direction of a terminal's line; separators break it.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
