import Config
import JSON

extension FormatOptions {
  /// Shows `json` as it is, or for people what `table` makes of it.
  func show(_ json: JSONValue, _ table: () -> Void) {
    switch output {
    case .table: table()
    case .json: print(json.text(.indented))
    case .yaml: print(YAMLText.text(json), terminator: "")
    }
  }
}

extension JSONValue {
  /// On one line, for a cell of a table.
  var cell: String {
    switch self {
    case .string(let text): text
    case .null: ""
    case .array(let elements): elements.map(\.cell).joined(separator: ",")
    case .object(let members):
      members.map { "\($0.name)=\($0.value.cell)" }.joined(separator: " ")
    case .bool, .integer, .number: text()
    }
  }
}

extension JSONValue? {
  var cell: String { self?.cell ?? "" }
}
