import ArgumentParser
import Gateway

/// The command line.
@main
struct Sluice: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice",
    abstract: "A metrics gateway: OTLP and Prometheus remote-write in, routed by tenant, out to several backends.",
    version: Version.current,
    subcommands: [Run.self, Check.self, LoadCommand.self, VerifyCommand.self, ShowVersion.self])
}

/// `sluice version`
struct ShowVersion: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

  func run() { print("sluice \(Version.current)") }
}
