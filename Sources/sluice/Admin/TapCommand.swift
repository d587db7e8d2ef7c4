import ArgumentParser
import Foundation
import JSON

/// `sluice tap`
struct TapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tap", abstract: "A live sample of what passes, and where it goes.",
    usage: "sluice tap [<options>]", discussion: "Ctrl-C ends it.")

  @OptionGroup var server: ServerOptions
  @Option(help: "Only of tenants by this name or glob.") var tenant: String?
  @Option(help: "Only what this route takes.") var route: String?
  @Option(help: "Only what this backend gets.") var backend: String?
  @Option(help: "Only what this PromQL selector matches.") var series: String?
  @Option(help: "Series a second, at most 100.") var rate = 10
  @Option(name: .shortAndLong, help: "End after so many series.") var count: Int?
  @Option(help: "End after so long, such as 30s.") var duration: String?
  @Option(name: .shortAndLong, help: "table or json, a line for each series.") var output = ResultFormat.table

  func run() throws {
    try Exit.guarding("tap") {
      var ending: String?
      let query = [
        ("tenant", tenant), ("route", route), ("backend", backend), ("series", series), ("rate", "\(rate)"),
        ("limit", count.map { "\($0)" }), ("duration", duration),
      ]
      try server.client().events(AdminClient.path("tap"), query: query) { name, data in
        switch name {
        case "series": show(data)
        case "skipped": Console.error("sluice tap: \(data["count"].cell) series were skipped: too slow to show them")
        default: ending = data["reason"]?.string
        }
        fflush(nil)
        return true
      }
      if let ending { throw AdminClient.Failure(description: ending) }
    }
  }

  private func show(_ event: JSONValue) {
    if output != .table { return print(event.text()) }
    let fate = event["fate"].cell
    let targets = event["deliveries"]?.array?.map { "\($0["backend"].cell)(\($0["tenant"].cell))" } ?? []
    let line = "\(event["time"].cell.dropFirst(11).prefix(12))  \(event["tenant"].cell)  \(event["labels"].cell)"
    let end = targets.isEmpty ? fate + (event["reason"].map { " " + $0.cell } ?? "") : targets.joined(separator: " ")
    print(
      Table.Cell(line).text + "  " + Terminal.styled("-> " + Table.Cell(end).text, fate == "routed" ? .green : .red))
  }
}
