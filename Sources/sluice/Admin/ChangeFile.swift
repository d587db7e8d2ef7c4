import ArgumentParser
import Config
import JSON

/// What is to be changed in one go: a file, and what is to go besides.
struct ChangeOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, help: ArgumentHelp("What is to be made or changed; - is standard input.", valueName: "file"))
  var file: String?
  @Option(help: ArgumentHelp("What is to go, such as routes/payments.", valueName: "kind/name")) var remove: [String] =
    []

  func validate() throws {
    if file == nil, remove.isEmpty { throw ValidationError("give a file, or something to remove") }
    for text in remove where Self.kindAndName(text) == nil {
      throw ValidationError("\"\(text)\" is none of routes/NAME, backends/NAME and tenants/NAME")
    }
  }

  /// In the form of the API. Of a whole configuration, its routes, backends and tenants.
  func changes() throws(AdminClient.Failure) -> JSONObject {
    var changes = JSONObject()
    if let file {
      let json = try TextInput.json(file)
      for kind in ResourceKind.allCases { changes[kind.rawValue] = json[kind.rawValue] }
      if changes.isEmpty {
        let routes = try ResourceFile(file, json, .routes).resources
        changes[ResourceKind.routes.rawValue] = .array(routes.map { .object($0.spec) })
      }
    }
    var removed = JSONObject()
    for (kind, name) in remove.compactMap(Self.kindAndName) {
      removed[kind.rawValue] = .array((removed[kind.rawValue]?.array ?? []) + [.string(name)])
    }
    if !removed.isEmpty { changes["remove"] = .object(removed) }
    return changes
  }

  private static func kindAndName(_ text: String) -> (ResourceKind, String)? {
    let parts = text.split(separator: "/", maxSplits: 1)
    guard parts.count == 2, let kind = ResourceKind(rawValue: String(parts[0])) else { return nil }
    return (kind, String(parts[1]))
  }

  /// Shows what changes, resource by resource.
  static func show(_ changes: JSONValue?) {
    for change in changes?.array ?? [] {
      let name = "\(change["kind"].cell.dropLast()) \(change["name"].cell)"
      print(Terminal.styled("\(name): \(change["action"].cell)", .bold))
      let texts = [change["before"], change["after"]].map { $0.map(YAMLText.text) ?? "" }
      let lines = LineDifference.lines(from: texts[0], to: texts[1])
      if lines.isEmpty { print("  (a secret changes)") }
      LineDifference.print(lines)
    }
  }
}
