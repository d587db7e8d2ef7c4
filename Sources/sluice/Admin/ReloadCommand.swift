import ArgumentParser

/// `sluice reload`
struct ReloadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload", abstract: "Have the configuration file taken anew.",
    usage: "sluice reload [<options>]")

  @OptionGroup var server: ServerOptions

  func run() throws {
    try Exit.guarding("reload") {
      print(try server.client().send("POST", "/-/reload").text, terminator: "")
    }
  }
}
