import ArgumentParser
import JSON

/// `sluice status`
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "How a gateway is: its backends and their queues.",
    usage: "sluice status [<options>]")

  @OptionGroup var server: ServerOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    try Exit.guarding("status") {
      let status = try server.client().send("GET", AdminClient.path("status")).body
      format.show(status) { show(status) }
    }
  }

  private func show(_ status: JSONValue) {
    let isReady = status["ready"]?.bool == true
    let routes = status["routes"].cell
    print(
      "sluice \(status["version"].cell), \(Terminal.styled(isReady ? "ready" : "not ready", isReady ? .green : .red)), "
        + "\(routes) route\(routes == "1" ? "" : "s"), revision \(status["revision"].cell)"
        + "\(status["watched"]?.bool == true ? Terminal.styled(" on trial", .yellow) : ""), "
        + "listening at \(status["listeners"]?.array?.map(\.cell).joined(separator: ", ") ?? "")")
    if let failure = status["spool"]?["failure"]?.string {
      print(Terminal.styled("the spool cannot store: \(failure)", .red))
    }
    var table = Table("BACKEND", "STATE", "QUEUE", "OLDEST", "DELIVERED", "LOST", "LAST ERROR")
    for backend in status["backends"]?.array ?? [] {
      let (state, style) = Self.state(backend)
      let lost = ["refused", "dropped"].reduce(0) { $0 + (backend["samples"]?[$1]?.integer ?? 0) }
      table.add(
        .init(backend["name"].cell), .init(state, style), .init(Self.size(backend["queue"]?["bytes"]?.integer ?? 0)),
        .init("\(Int(backend["queue"]?["oldest_seconds"]?.number ?? 0))s"),
        .init(backend["samples"]?["delivered"].cell ?? ""), .init("\(lost)", lost > 0 ? .red : nil),
        .init(backend["last_error"]?["text"].cell ?? ""))
    }
    table.print()
    for queue in status["unconfigured_queues"]?.array ?? [] {
      let size = Self.size(queue["queue"]?["bytes"]?.integer ?? 0)
      print(Terminal.styled("\(size) are held for backend \(queue["name"].cell), which is not configured", .yellow))
    }
    let pending = status["pending_restart"]?.array?.map(\.cell) ?? []
    if !pending.isEmpty { print(Terminal.styled("it takes a restart for \(pending.joined(separator: ", "))", .yellow)) }
    for warning in status["warnings"]?.array ?? [] { print(Terminal.styled("warning: \(warning.cell)", .yellow)) }
  }

  private static func state(_ backend: JSONValue) -> (String, Terminal.Style) {
    if backend["paused"]?.bool == true { return ("paused", .yellow) }
    return backend["up"]?.bool == true ? ("up", .green) : ("down", .red)
  }

  private static func size(_ bytes: Int64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
    return unit == 0 ? "\(bytes)B" : "\((value * 10).rounded() / 10)\(units[unit])"
  }
}
