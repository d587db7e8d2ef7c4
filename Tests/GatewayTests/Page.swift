import Foundation

/// A page of the documentation, or another file of the repository, as text.
struct Page {
  let text: String

  /// - Parameter path: from the top of the repository.
  init(_ path: String) throws { text = try String(contentsOf: Self.url(path), encoding: .utf8) }

  /// The pages for users and for who carries on, by their paths from the top of the repository.
  static let all: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url("docs").path)) ?? []
    let pages = names.filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
    return ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"] + pages.sorted()
  }()

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: url(path).path) }

  /// `link`, which stands in `page`, as a path from the top of the repository.
  static func resolve(_ link: String, from page: String) -> String {
    var parts = page.split(separator: "/").dropLast().map(String.init)
    for part in link.split(separator: "/") {
      if part == "..", !parts.isEmpty { parts.removeLast() } else { parts.append(String(part)) }
    }
    return parts.joined(separator: "/")
  }

  /// The rows of all tables, without their rulers: the cells as text, without the marks of code.
  var rows: [[String]] { Self.rows(of: prose) }

  /// The rows of the tables between a heading and the next one.
  func rows(below heading: String) -> [[String]] {
    let section = prose.drop { $0 != heading }.dropFirst().prefix { !$0.hasPrefix("#") }
    return Self.rows(of: Array(section))
  }

  /// Where the links lead that stay in the repository.
  var links: [String] {
    prose.joined(separator: "\n").matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
      .filter { !$0.hasPrefix("https://") && !$0.hasPrefix("http://") }
  }

  /// What stands behind `#` in a link to a heading of this page.
  var anchors: Set<String> {
    let headings = prose.filter { $0.hasPrefix("#") }.map { $0.drop { $0 == "#" }.dropFirst() }
    return Set(headings.map { $0.lowercased().filter(\.isKeptInAnchor).replacing(" ", with: "-") })
  }

  /// The lines that are not in a block of code.
  private var prose: [String] {
    var isCode = false
    return text.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line in
      if line.hasPrefix("```") { isCode.toggle() }
      return isCode || line.hasPrefix("```") ? nil : String(line)
    }
  }

  private static func rows(of lines: [String]) -> [[String]] {
    lines.filter { $0.hasPrefix("|") && !$0.hasPrefix("| ---") }.map { line in
      line.replacing("\\|", with: "/").split(separator: "|").map {
        $0.trimmingCharacters(in: .whitespaces).replacing("`", with: "")
      }
    }
  }

  private static func url(_ path: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: path)
  }
}

extension Character {
  fileprivate var isKeptInAnchor: Bool { isLetter || isNumber || self == " " || self == "-" || self == "_" }
}

extension String {
  var isMetricName: Bool { hasPrefix("sluice_") || hasPrefix("process_") }
}
