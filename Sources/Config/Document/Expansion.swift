/// Expands `${env:NAME}`, `${env:NAME:-default}` and `${file:PATH}`; `$${` gives `${`.
///
/// One pass: what an expansion brings is not looked at again. Any other `${…}` stays, for relabelling writes the groups of a
/// regex so; but a word and a colon in it, such as `${vault:x}`, are a mistake.
struct Expansion {
  let environment: [String: String]
  /// What relative paths start from.
  let folder: String
  /// Whether a reference, as it is written, may be followed.
  var isAllowed: (String) -> Bool = { _ in true }

  struct Result: Equatable {
    var text = ""
    var isExpanded = false
    /// The first `${…}` that was left as it is.
    var unexpanded: String?
    var complaints: [String] = []
  }

  func expand(_ source: String) -> Result {
    guard source.utf8.contains(UInt8(ascii: "$")) else { return Result(text: source) }
    var result = Result()
    var rest = source[...]
    while let dollar = rest.firstIndex(of: "$") {
      result.text += rest[..<dollar]
      rest = rest[dollar...]
      if rest.hasPrefix("$${") {
        result.text += "${"
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("${") {
        take(&rest, into: &result)
      } else {
        result.text += "$"
        rest = rest.dropFirst()
      }
    }
    result.text += rest
    return result
  }

  /// Takes one `${…}` from the start of `rest`.
  private func take(_ rest: inout Substring, into result: inout Result) {
    let inner = rest.dropFirst(2).prefix { $0 != "}" }
    let reference = rest[..<inner.endIndex]
    guard inner.endIndex < rest.endIndex else {
      if let source = Self.source(of: inner) { result.complaints.append("${\(source.name): has no closing }") }
      result.text += rest
      rest = ""
      return
    }
    rest = rest[inner.endIndex...].dropFirst()
    guard let source = Self.source(of: inner) else {
      result.text += reference + "}"
      result.unexpanded = result.unexpanded ?? reference + "}"
      return
    }
    result.isExpanded = true
    guard isAllowed(reference + "}") else {
      result.complaints.append("\(reference)} may not be followed from here")
      return
    }
    do {
      result.text += try value(from: source.name, source.argument)
    } catch {
      result.complaints.append("\(reference)} \(error.message)")
    }
  }

  /// `env:NAME` in two; nil when there is no word with a colon behind it.
  private static func source(of inner: Substring) -> (name: Substring, argument: Substring)? {
    guard let colon = inner.firstIndex(of: ":") else { return nil }
    let name = inner[..<colon]
    guard !name.isEmpty, name.utf8.allSatisfy(\.isAlphanumeric) else { return nil }
    return (name, inner[colon...].dropFirst())
  }

  private func value(from source: Substring, _ argument: Substring) throws(Complaint) -> String {
    switch source {
    case "env": try variable(argument)
    case "file": try file(String(argument))
    default: throw Complaint("is neither env nor file; write $${ for a literal ${")
    }
  }

  /// As in a shell, `:-` also covers a variable that is empty.
  private func variable(_ argument: Substring) throws(Complaint) -> String {
    let name = argument.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
    let fallback = argument[name.endIndex...]
    guard !name.isEmpty, fallback.isEmpty || fallback.hasPrefix(":-") else {
      throw Complaint("is not of the form ${env:NAME} or ${env:NAME:-default}")
    }
    let value = environment[String(name)]
    if fallback.isEmpty {
      guard let value else { throw Complaint("is not set in the environment") }
      return value
    }
    guard let value, !value.isEmpty else { return String(fallback.dropFirst(2)) }
    return value
  }

  private func file(_ path: String) throws(Complaint) -> String {
    guard !path.isEmpty else { throw Complaint("names no file") }
    let text = try TextFile.read(TextFile.resolve(path, in: folder), limit: 1 << 20)
    // "\r\n" is one character.
    return text.hasSuffix("\n") || text.hasSuffix("\r\n") ? String(text.dropLast()) : text
  }
}
