import ArgumentParser
import Config
import JSON

/// `sluice routes`
struct RoutesCommand: ParsableCommand {
  enum Family: ResourceFamily {
    static let kind = ResourceKind.routes

    static func table(_ items: [JSONValue]) -> Table {
      var table = Table("NAME", "OWNER", "PRIORITY", "MATCH", "SEND", "STATE")
      for item in items {
        let spec = item["spec"]
        let isEnabled = spec?["enabled"]?.bool != false
        table.add(
          .init(item["name"].cell), .init(item["owner"].cell, .dim), .init(spec?["priority"]?.cell ?? "0"),
          .init(spec?["match"]?.cell ?? "everything"), .init(spec?["send"].cell ?? ""),
          .init(isEnabled ? "enabled" : "disabled", isEnabled ? .green : .yellow))
      }
      return table
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "routes", abstract: "The routes of a gateway that runs.",
    subcommands: [
      ListResources<Family>.self, GetResource<Family>.self, ApplyResources<Family>.self, DiffResources<Family>.self,
      DeleteResources<Family>.self,
    ])
}
