import ArgumentParser
import Config
import JSON

/// `sluice backends`
struct BackendsCommand: ParsableCommand {
  enum Family: ResourceFamily {
    static let kind = ResourceKind.backends

    static func table(_ items: [JSONValue]) -> Table {
      var table = Table("NAME", "OWNER", "TYPE", "ENDPOINT")
      for item in items {
        table.add(
          .init(item["name"].cell), .init(item["owner"].cell, .dim), .init(item["spec"]?["type"].cell ?? ""),
          .init(item["spec"]?["endpoint"].cell ?? ""))
      }
      return table
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "backends", abstract: "The backends of a gateway that runs.",
    subcommands: [
      ListResources<Family>.self, GetResource<Family>.self, ApplyResources<Family>.self, DiffResources<Family>.self,
      DeleteResources<Family>.self, Status.self, Pause.self, Resume.self, Discard.self,
    ])

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "How one backend is, and what became of its data.",
      usage: "sluice backends status [<options>] <name>")

    @OptionGroup var server: ServerOptions
    @OptionGroup var format: FormatOptions
    @Argument(help: "Its name.") var name: String

    func run() throws {
      try Exit.guarding("backends status") {
        let status = try server.client().send("GET", AdminClient.path("backends", name, "status")).body
        format.show(status) { Details(status).print() }
      }
    }
  }

  struct Pause: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Stop sending to backends; their queues take what comes, until resume or a restart.",
      usage: "sluice backends pause [<options>] <name> ...")

    @OptionGroup var server: ServerOptions
    @Argument(help: "Their names.") var names: [String]

    func run() throws { try BackendsCommand.each("pause", names, server) }
  }

  struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Go on sending to backends.", usage: "sluice backends resume [<options>] <name> ...")

    @OptionGroup var server: ServerOptions
    @Argument(help: "Their names.") var names: [String]

    func run() throws { try BackendsCommand.each("resume", names, server) }
  }

  struct Discard: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give up what is held for backends that are not configured any more.",
      usage: "sluice backends discard [<options>] <name> ...")

    @OptionGroup var server: ServerOptions
    @Argument(help: "Their names.") var names: [String]

    func run() throws {
      try Exit.guarding("backends discard") {
        let client = try server.client()
        for name in names {
          let deleted = try client.send("DELETE", AdminClient.path("backends", name, "queue")).body["deleted"]
          print("backend \(name): discarded \(deleted?["samples"].cell ?? "0") samples")
        }
      }
    }
  }

  private static func each(_ action: String, _ names: [String], _ server: ServerOptions) throws {
    try Exit.guarding("backends \(action)") {
      let client = try server.client()
      for name in names {
        _ = try client.send("POST", AdminClient.path("backends", name, action))
        print("backend \(name): \(action)d")
      }
    }
  }
}
