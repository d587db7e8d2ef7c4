import ArgumentParser
import Config
import Foundation
import JSON

/// `sluice config`
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "The whole configuration of a gateway that runs.",
    subcommands: [Export.self, Replace.self])

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print what is in force, without secrets.",
      usage: "sluice config export [<options>]")

    @OptionGroup var server: ServerOptions
    @Option(name: .shortAndLong, help: "yaml or json.") var output = ResultFormat.yaml
    @Flag(help: "With what holds where nothing is said.") var defaults = false

    func run() throws {
      try Exit.guarding("config export") {
        let whole = try server.client().send(
          "GET", AdminClient.path("config"), query: [("defaults", defaults ? "true" : nil)]
        ).body
        print(output == .json ? whole.text(.indented) + "\n" : YAMLText.text(whole), terminator: "")
      }
    }
  }

  struct Replace: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Put a file's routes and backends in the place of all that there are, at once.",
      usage: "sluice config replace [<options>] -f <file>")

    @OptionGroup var server: ServerOptions
    @Option(name: .shortAndLong, help: ArgumentHelp("The file; - is standard input.", valueName: "file"))
    var file: String
    @Flag(help: "Check only, change nothing.") var dryRun = false

    func run() throws {
      try Exit.guarding("config replace") {
        let whole = try TextInput.json(file)
        let query = [("dry_run", dryRun ? "true" : nil)]
        let answer = try server.client().send("PUT", AdminClient.path("config"), query: query, whole)
        print("the configuration \(dryRun ? "would be taken" : "is in force")")
        for warning in answer.warnings { Console.error("warning: \(warning)") }
      }
    }
  }
}
