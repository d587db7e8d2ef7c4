import ArgumentParser
import Gateway

/// The command line.
@main
struct Sluice: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice",
    abstract: "A metrics gateway: OTLP and remote-write in, routed by tenant, out.",
    version: Version.current,
    subcommands: [Run.self, Check.self, ShowVersion.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Admin",
        subcommands: [
          RoutesCommand.self, BackendsCommand.self, TenantsCommand.self, StatusCommand.self, PlanCommand.self,
          CommitCommand.self, WatchCommand.self, ExplainCommand.self, TapCommand.self, LedgerCommand.self,
          DeadLettersCommand.self, ConfigCommand.self, AuditCommand.self, RevisionsCommand.self,
          RollbackCommand.self, CollisionsCommand.self, ReloadCommand.self,
        ]),
      CommandGroup(name: "Testing", subcommands: [LoadCommand.self, VerifyCommand.self]),
    ])
}

/// `sluice version`
struct ShowVersion: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

  func run() { print("sluice \(Version.current)") }
}
