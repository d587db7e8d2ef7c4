import ArgumentParser
import JSON

/// `sluice ledger`
struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "The books: what was accepted, and what became of it.",
    usage: "sluice ledger [<options>]",
    discussion: "In samples, native histograms among them. Exits with 1 if the books do not balance.")

  @OptionGroup var server: ServerOptions
  @OptionGroup var format: FormatOptions
  @Option(help: "Only this tenant's.") var tenant: String?
  @Option(help: "Only what this route took.") var route: String?
  @Option(help: "Only what was for this backend.") var backend: String?

  func run() throws {
    try Exit.guarding("ledger") {
      let query = [("tenant", tenant), ("route", route), ("backend", backend)]
      let ledger = try server.client().send("GET", AdminClient.path("ledger"), query: query).body
      format.show(ledger) { Self.table(ledger).print() }
      guard ledger["imbalance"]?.integer == 0 else {
        throw AdminClient.Failure(description: "the books are off by \(ledger["imbalance"].cell)")
      }
    }
  }

  private static func table(_ ledger: JSONValue) -> Table {
    var table = Table("TENANT", "ROUTE", "BACKEND", "ACCEPTED", "DELIVERED", "HELD", "DEAD", "DROPPED")
    for row in ledger["rows"]?.array ?? [] {
      add(row, [row["tenant"].cell, row["route"].cell, row["backend"].cell], &table)
    }
    if let total = ledger["total"] { add(total, ["(all)", "", ""], &table) }
    return table
  }

  private static func add(_ row: JSONValue, _ names: [String], _ table: inout Table) {
    let dropped = row["dropped"]?.object?.reduce(0) { $0 + ($1.value["samples"]?.integer ?? 0) } ?? 0
    table.add(
      .init(names[0]), .init(names[1]), .init(names[2]), .init(row["accepted"]?["samples"].cell ?? ""),
      .init(row["delivered"]?["samples"].cell ?? ""), .init(row["held"]?["samples"].cell ?? ""),
      .init(row["dead_lettered"]?["samples"].cell ?? ""), .init("\(dropped)", dropped > 0 ? .yellow : nil))
  }
}
