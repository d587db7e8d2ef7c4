/// Rows of text in columns; numbers stand at the right.
struct Table {
  enum Alignment {
    case left
    case right
  }

  /// What fits a terminal.
  static let width = 80

  private let columns: [(title: String, alignment: Alignment)]
  private var rows: [[String]] = []

  init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

  /// - Parameter row: a cell for each column.
  mutating func add(_ row: [String]) { rows.append(row) }

  /// Lines without blanks at their ends. Where it is too wide, texts at the left are cut, never numbers.
  var lines: [String] {
    let all = [columns.map(\.title)] + rows
    var widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    shrink(&widths)
    return all.map { line($0, widths) }
  }

  private func shrink(_ widths: inout [Int]) {
    while widths.reduce(2 * (widths.count - 1), +) > Self.width {
      let texts = columns.indices.filter { columns[$0].alignment == .left && widths[$0] > 6 }
      guard let widest = texts.max(by: { widths[$0] < widths[$1] }) else { return }
      widths[widest] -= 1
    }
  }

  private func line(_ row: [String], _ widths: [Int]) -> String {
    let cells = columns.indices.map { column in
      let isCut = row[column].count > widths[column]
      let text = isCut ? String(row[column].prefix(widths[column] - 1)) + "…" : row[column]
      let blanks = String(repeating: " ", count: widths[column] - text.count)
      return columns[column].alignment == .left ? text + blanks : blanks + text
    }
    var line = cells.joined(separator: "  ")[...]
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
