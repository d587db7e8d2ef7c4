import JSON

/// One thing, a line for each value: `queue.bytes  12`.
struct Details {
  private var rows: [(name: String, value: String)] = []

  init(_ json: JSONValue) { add(json, "") }

  private mutating func add(_ json: JSONValue, _ path: String) {
    guard let members = json.object else {
      rows.append((path, json.cell))
      return
    }
    for (name, value) in members { add(value, path.isEmpty ? name : "\(path).\(name)") }
  }

  func print() {
    let width = rows.map(\.name.count).max() ?? 0
    for (name, value) in rows {
      let padded = name + String(repeating: " ", count: width - name.count)
      Swift.print("\(Terminal.styled(padded, .bold))  \(Table.Cell(value).text)")
    }
  }
}
