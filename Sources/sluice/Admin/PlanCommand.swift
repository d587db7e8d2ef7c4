import ArgumentParser
import JSON

/// `sluice plan`
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Tell what a change would do, before it is made.",
    usage: "sluice plan [<options>] -f <file>",
    discussion: """
      Shows the difference, and how many of a sample of the series that passed in the last ten minutes would go another way. \
      Exits with 3 if there is a difference, with 0 if there is none.
      """)

  @OptionGroup var server: ServerOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    var isDifferent = false
    try Exit.guarding("plan") {
      let plan = try server.client().send("POST", AdminClient.path("plan"), .object(try change.changes())).body
      isDifferent = plan["changes"]?.array?.isEmpty == false
      format.show(plan) { Self.show(plan) }
    }
    if isDifferent { throw Exit.difference }
  }

  private static let effects = [
    ("unchanged", "as before"), ("altered", "to the same places, with other labels or headers"),
    ("elsewhere", "elsewhere"), ("nowhere", "nowhere any more"), ("reached", "that went nowhere, somewhere"),
  ]

  private static func show(_ plan: JSONValue) {
    ChangeOptions.show(plan["changes"])
    for warning in plan["warnings"]?.array ?? [] { print(Terminal.styled("warning: \(warning.cell)", .yellow)) }
    let series = plan["series"]
    guard let sampled = series?["sampled"]?.integer, sampled > 0 else {
      return print("No series has passed in the last ten minutes.")
    }
    print("Of \(sampled) series of the last ten minutes would go:")
    for (key, words) in effects {
      guard let count = series?[key]?.integer, count > 0 || key == "unchanged" else { continue }
      let style: Terminal.Style = key == "nowhere" ? .red : key == "unchanged" ? .dim : .yellow
      print(Terminal.styled("  \(count) \(words)", style))
    }
    var table = Table("EFFECT", "TENANT", "BEFORE", "AFTER", "SERIES")
    for example in series?["examples"]?.array ?? [] {
      table.add(
        .init(example["effect"].cell), .init(example["tenant"].cell), .init(places(example["before"])),
        .init(places(example["after"])), .init(example["labels"].cell))
    }
    if !table.isEmpty { table.print() }
  }

  private static func places(_ told: JSONValue?) -> String {
    let deliveries = told?["deliveries"]?.array ?? []
    if deliveries.isEmpty { return told?["fate"].cell ?? "" }
    return deliveries.map { "\($0["backend"].cell)(\($0["tenant"].cell))" }.joined(separator: ",")
  }
}
