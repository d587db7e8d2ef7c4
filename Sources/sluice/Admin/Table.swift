/// Rows under headings, as wide as the terminal allows: the widest column gives way first.
struct Table {
  struct Cell {
    var text: String
    var style: Terminal.Style?

    init(_ text: String, _ style: Terminal.Style? = nil) {
      // A control character must not reach the terminal.
      self.text = String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : Character($0) })
      self.style = style
    }
  }

  private let headings: [String]
  private var rows: [[Cell]] = []

  init(_ headings: String...) { self.headings = headings }

  mutating func add(_ cells: Cell...) { rows.append(cells) }

  var isEmpty: Bool { rows.isEmpty }

  func lines(width: Int? = Terminal.width) -> [String] {
    let widths = columnWidths(width)
    let head = headings.enumerated().map { Self.padded($0.element, widths[$0.offset]) }
    var lines = [Terminal.styled(Self.joined(head), .bold)]
    for row in rows {
      let cells = row.enumerated().map { column, cell in
        let text = Self.padded(cell.text, widths[column])
        return cell.style.map { Terminal.styled(text, $0) } ?? text
      }
      lines.append(Self.joined(cells))
    }
    return lines
  }

  func print() { for line in lines() { Swift.print(line) } }

  private static let gap = 2
  private static let narrowest = 6

  private func columnWidths(_ width: Int?) -> [Int] {
    var widths = headings.indices.map { column in
      rows.reduce(headings[column].count) { max($0, $1[column].text.count) }
    }
    guard let width else { return widths }
    while widths.reduce(0, +) + Self.gap * (widths.count - 1) > width {
      guard let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > Self.narrowest else {
        break
      }
      widths[widest] -= 1
    }
    return widths
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    let cut = text.count > width ? text.prefix(max(0, width - 1)) + "…" : text[...]
    return cut + String(repeating: " ", count: max(0, width - cut.count))
  }

  /// Nothing stands behind the last column.
  private static func joined(_ cells: [String]) -> String {
    let line = cells.joined(separator: String(repeating: " ", count: gap))
    // By bytes: a table may have a hundred thousand lines.
    guard let last = line.utf8.lastIndex(where: { $0 != UInt8(ascii: " ") }) else { return "" }
    return String(line[..<line.utf8.index(after: last)])
  }
}
