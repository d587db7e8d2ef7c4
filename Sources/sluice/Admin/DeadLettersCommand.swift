import ArgumentParser
import JSON

/// `sluice dead-letters`
struct DeadLettersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead-letters", abstract: "What backends have refused for good.",
    subcommands: [List.self, Replay.self, Delete.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List a backend's dead letters, the oldest first.",
      usage: "sluice dead-letters list [<options>] <backend>")

    @OptionGroup var server: ServerOptions
    @OptionGroup var format: FormatOptions
    @Argument(help: "The backend.") var backend: String

    func run() throws {
      try Exit.guarding("dead-letters list") {
        let items = try server.client().list(AdminClient.path("backends", backend, "dead-letters"))
        format.show(.array(items)) {
          var table = Table("ID", "REFUSED AT", "TENANT", "SAMPLES", "STATUS", "REASON")
          for item in items {
            table.add(
              .init(item["id"].cell), .init(item["refused_at"].cell), .init(item["tenant"].cell),
              .init(item["samples"].cell), .init(item["status"].cell, .red), .init(item["reason"].cell))
          }
          table.print()
        }
      }
    }
  }

  struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Put dead letters into the backend's queue again.",
      usage: "sluice dead-letters replay [<options>] <backend> (<id> ... | --all)")

    @OptionGroup var server: ServerOptions
    @OptionGroup var selection: Selection

    func run() throws { try selection.run("replay", "POST", server, ["replay"], shows: "replayed") }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Delete dead letters for good.",
      usage: "sluice dead-letters delete [<options>] <backend> (<id> ... | --all)")

    @OptionGroup var server: ServerOptions
    @OptionGroup var selection: Selection

    func run() throws { try selection.run("delete", "DELETE", server, [], shows: "deleted") }
  }

  /// Which dead letters are meant.
  struct Selection: ParsableArguments {
    @Argument(help: "The backend.") var backend: String
    @Argument(help: "The ids.") var ids: [UInt64] = []
    @Flag(help: "All of the backend.") var all = false

    func validate() throws {
      if ids.isEmpty != all { throw ValidationError("give ids, or --all") }
    }

    func run(
      _ command: String, _ method: String, _ server: ServerOptions, _ more: [String], shows: String
    ) throws {
      try Exit.guarding("dead-letters \(command)") {
        let path = ([AdminClient.path("backends", backend, "dead-letters")] + more).joined(separator: "/")
        let query = [("ids", all ? nil : ids.map(String.init).joined(separator: ","))]
        let count = try server.client().send(method, path, query: query).body[shows]?.integer ?? 0
        print("\(count) \(shows)")
        let missing = Set(ids).count - Int(count)
        if missing > 0 { throw AdminClient.Failure(description: "\(missing) of these ids are not there") }
      }
    }
  }
}
