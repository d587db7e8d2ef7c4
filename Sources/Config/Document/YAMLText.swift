public import JSON
import Yams

/// JSON in the clothes of YAML, for people; no reference in it is followed.
public enum YAMLText {
  /// Why a text is not YAML.
  public struct Fault: Error, CustomStringConvertible {
    public let description: String
  }

  /// What `text` says, with the types that YAML's core schema gives to scalars without quotes.
  public static func parse(_ text: String) throws(Fault) -> JSONValue {
    let tree: YAMLTree
    do throws(YAMLTree.Fault) {
      tree = try YAMLTree(text)
    } catch {
      throw Fault(
        description: "\(error.position.map { "line \($0.line), column \($0.column): " } ?? "")\(error.message)")
    }
    return tree.root.map(json) ?? .null
  }

  private static func json(_ node: Yams.Node) -> JSONValue {
    switch node {
    case .scalar(let scalar): scalar.style == .plain ? plain(scalar.string) : .string(scalar.string)
    case .sequence(let nodes): .array(nodes.map(json))
    case .mapping(let mapping): .object(JSONObject(mapping.map { ($0.key.string ?? "", json($0.value)) }))
    case .alias: .null
    }
  }

  private static func plain(_ text: String) -> JSONValue {
    switch text {
    case "", "~", "null": .null
    case "true": .bool(true)
    case "false": .bool(false)
    default: Int64(text).map(JSONValue.integer) ?? number(text) ?? .string(text)
    }
  }

  private static func number(_ text: String) -> JSONValue? {
    guard text.utf8.allSatisfy({ $0.isDigit || ".-+eE".utf8.contains($0) }) else { return nil }
    return Double(text).map(JSONValue.number)
  }

  /// `json` as a YAML document with a newline at its end.
  public static func text(_ json: JSONValue) -> String {
    // Only text that is no character of YAML could fail, and strings are escaped.
    (try? Yams.serialize(node: node(json), allowUnicode: true)) ?? json.text(.indented) + "\n"
  }

  private static func node(_ json: JSONValue) -> Yams.Node {
    switch json {
    case .string(let text):
      .scalar(.init(text, Tag(.implicit), plain(text) == json && isPlain(text) ? .plain : .doubleQuoted))
    case .array(let elements):
      .sequence(.init(elements.map(node), Tag(.implicit), elements.allSatisfy(\.isScalar) ? .flow : .block))
    case .object(let members):
      .mapping(
        .init(
          members.map { (node(.string($0.name)), node($0.value)) }, Tag(.implicit), members.isEmpty ? .flow : .block))
    case .null, .bool, .integer, .number: .scalar(.init(json.text(), Tag(.implicit), .plain))
    }
  }

  /// Whether a text needs no quotes, wherever it stands.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, first.isAlphanumeric || first == UInt8(ascii: "_") else { return false }
    let words = ["yes", "no", "on", "off", "y", "n", "true", "false", "null"]
    return !words.contains(text.lowercased()) && text.utf8.allSatisfy { $0.isAlphanumeric || "_-./".utf8.contains($0) }
  }
}

extension JSONValue {
  fileprivate var isScalar: Bool { array == nil && object == nil }
}
