import ArgumentParser
import JSON

/// `sluice audit`
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Who changed what and when, the newest first.",
    usage: "sluice audit [<options>]")

  @OptionGroup var server: ServerOptions
  @OptionGroup var format: FormatOptions
  @Option(name: .shortAndLong, help: "How many, at most 1000.") var limit = 20

  func run() throws {
    try Exit.guarding("audit") {
      let query = [("limit", Optional("\(limit)"))]
      let items = try server.client().send("GET", AdminClient.path("audit"), query: query).body["items"]?.array ?? []
      format.show(.array(items)) {
        var table = Table("TIME", "CALLER", "ACTION", "TARGET", "REVISION")
        for item in items {
          table.add(
            .init(item["time"].cell), .init(item["caller"].cell), .init(item["action"].cell),
            .init(item["target"].cell), .init(item["revision"].cell))
        }
        table.print()
      }
    }
  }
}

/// `sluice revisions`
struct RevisionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revisions", abstract: "Earlier states, the newest first.",
    usage: "sluice revisions [<options>]")

  @OptionGroup var server: ServerOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    try Exit.guarding("revisions") {
      let items = try server.client().list(AdminClient.path("revisions"))
      format.show(.array(items)) {
        var table = Table("REVISION", "TIME", "CALLER", "ACTION", "TARGET", "STATE")
        for item in items {
          table.add(
            .init(item["revision"].cell), .init(item["time"].cell), .init(item["caller"].cell),
            .init(item["action"].cell), .init(item["target"].cell),
            .init(item["in_force"]?.bool == true ? "in force" : "", .green))
        }
        table.print()
      }
    }
  }
}

/// `sluice rollback`
struct RollbackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Go back to an earlier revision.",
    usage: "sluice rollback [<options>] <revision>",
    discussion: "Revision 0 is the configuration file alone.")

  @OptionGroup var server: ServerOptions
  @Argument(help: "Its number.") var revision: Int
  @Flag(help: "Check only, change nothing.") var dryRun = false

  func run() throws {
    try Exit.guarding("rollback") {
      let path = AdminClient.path("revisions", "\(revision)", "rollback")
      let answer = try server.client().send("POST", path, query: [("dry_run", dryRun ? "true" : nil)])
      print(dryRun ? "it can be gone back to" : "revision \(answer.body["revision"].cell) is in force")
    }
  }
}
