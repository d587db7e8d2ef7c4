import ArgumentParser
import JSON

/// `sluice collisions`
struct CollisionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collisions", abstract: "Metrics that have the name of another one.",
    usage: "sluice collisions [<options>]")

  @OptionGroup var server: ServerOptions
  @OptionGroup var format: FormatOptions
  @Option(help: "Only of this tenant.") var tenant: String?

  func run() throws {
    try Exit.guarding("collisions") {
      let items = try server.client().list(AdminClient.path("collisions"), query: [("tenant", tenant)])
      format.show(.array(items)) { Self.table(items).print() }
    }
  }

  private static func table(_ items: [JSONValue]) -> Table {
    var table = Table("TENANT", "NAME", "DIFFERS", "FIRST", "SECOND", "LAST SEEN")
    for item in items {
      let metrics = item["metrics"]?.array ?? []
      table.add(
        .init(item["tenant"].cell), .init(item["name"].cell), .init(item["differs"].cell),
        .init(metrics.first?.cell ?? ""), .init(metrics.last?.cell ?? ""), .init(item["last_seen"].cell))
    }
    return table
  }
}
