import ArgumentParser
import Foundation
import JSON

/// `sluice tap`
struct TapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tap", abstract: "Show a live sample of the series that pass, and where they go.",
    usage: "sluice tap [<options>]", discussion: "Ctrl-C ends it.")

  @OptionGroup var server: ServerOptions
  @Option(help: "Only of tenants by this name or glob.") var tenant: String?
  @Option(help: "Only what this route takes.") var route: String?
  @Option(help: "Only what this backend gets.") var backend: String?
  @Option(help: "Only what this PromQL selector matches.") var series: String?
  @Option(help: "Series a second, at most 100.") var rate = 10
  @Option(name: .shortAndLong, help: "End after so many series.") var count: Int?
  @Option(name: .shortAndLong, help: "table or json, a line for each series.") var output = ResultFormat.table

  func run() throws {
    try Exit.guarding("tap") {
      let client = try server.client()
      var left = count ?? .max
      while left > 0 {
        let query = [
          ("tenant", tenant), ("route", route), ("backend", backend), ("series", series), ("rate", "\(rate)"),
          ("limit", "\(min(left, 100))"),
        ]
        let answer = try client.send("GET", AdminClient.path("tap"), query: query)
        for event in Self.events(answer.text) {
          show(event)
          left -= 1
        }
        fflush(nil)
      }
    }
  }

  /// The data of server-sent events.
  private static func events(_ text: String) -> [JSONValue] {
    text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.compactMap {
      try? JSONValue(parsing: $0.dropFirst(6).utf8)
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
