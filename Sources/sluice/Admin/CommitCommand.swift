import ArgumentParser
import Foundation
import JSON

/// `sluice commit`
struct CommitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "commit", abstract: "Make several changes at once, on trial if wanted.",
    usage: "sluice commit [<options>] -f <file>",
    discussion: """
      With --watch the change is taken back when refusals or errors rise within that time, unless it is confirmed before.
      """)

  @OptionGroup var server: ServerOptions
  @OptionGroup var change: ChangeOptions
  @Option(help: ArgumentHelp("For how long it is on trial, such as 5m.", valueName: "duration")) var watch: String?
  @Option(help: ArgumentHelp("Rise of the share of refusals that is borne (0.01).", valueName: "share"))
  var maxRefusals: Double?
  @Option(help: ArgumentHelp("Rise of a backend's share of errors that is borne (0.05).", valueName: "share"))
  var maxErrors: Double?
  @Flag(help: "Wait for the end of the watch; 1 if it was taken back.") var wait = false

  func validate() throws {
    if watch == nil, wait || maxRefusals != nil || maxErrors != nil {
      throw ValidationError("--wait, --max-refusals and --max-errors go with --watch")
    }
  }

  func run() throws {
    try Exit.guarding("commit") {
      let client = try server.client()
      var body = try change.changes()
      if let watch {
        var terms = JSONObject([("period", .string(watch))])
        terms["max_refusals"] = maxRefusals.map(JSONValue.number)
        terms["max_errors"] = maxErrors.map(JSONValue.number)
        body["watch"] = .object(terms)
      }
      let answer = try client.send("POST", AdminClient.path("commit"), .object(body))
      ChangeOptions.show(answer.body["changes"])
      for warning in answer.warnings { Console.error("warning: \(warning)") }
      let isWatched = answer.body["watch"] != nil
      if answer.body["changes"]?.array?.isEmpty == true { print("there is nothing to change") }
      print("revision \(answer.body["revision"].cell) is in force" + (isWatched ? ", on trial for \(watch ?? "")" : ""))
      if wait, isWatched { try waitForEnd(client, answer.body["revision"]) }
    }
  }

  private func waitForEnd(_ client: AdminClient, _ revision: JSONValue?) throws(AdminClient.Failure) {
    while true {
      let watch = try client.send("GET", AdminClient.path("watch")).body
      guard watch["revision"] == revision else { throw AdminClient.Failure(description: "another change is watched") }
      switch watch["state"].cell {
      case "watching": Thread.sleep(forTimeInterval: 0.5)
      case "confirmed": return print("confirmed: \(watch["reason"].cell)")
      case let state: throw AdminClient.Failure(description: "\(state): \(watch["reason"].cell)")
      }
    }
  }
}

/// `sluice watch`
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "The change that is on trial, or the last that was.",
    subcommands: [Show.self, Confirm.self, Abort.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "How it stands, and what is measured.", usage: "sluice watch show [<options>]")

    @OptionGroup var server: ServerOptions
    @OptionGroup var format: FormatOptions

    func run() throws {
      try Exit.guarding("watch show") {
        let watch = try server.client().send("GET", AdminClient.path("watch")).body
        format.show(watch) { Details(watch).print() }
      }
    }
  }

  struct Confirm: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keep the change, before its time is over.", usage: "sluice watch confirm [<options>]")

    @OptionGroup var server: ServerOptions

    func run() throws { try WatchCommand.end("confirm", server) }
  }

  struct Abort: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take the change back.", usage: "sluice watch abort [<options>]")

    @OptionGroup var server: ServerOptions

    func run() throws { try WatchCommand.end("abort", server) }
  }

  private static func end(_ action: String, _ server: ServerOptions) throws {
    try Exit.guarding("watch \(action)") {
      let watch = try server.client().send("POST", AdminClient.path("watch", action)).body
      print("revision \(watch["revision"].cell): \(watch["state"].cell)")
    }
  }
}
