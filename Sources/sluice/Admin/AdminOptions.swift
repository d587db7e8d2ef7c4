import ArgumentParser
import Foundation
import JSON
import Outbound

/// Where the gateway is that a command speaks to.
struct ServerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The admin address (default: $SLUICE_SERVER, or http://127.0.0.1:4319).", valueName: "url"))
  var server: String?

  @Option(help: ArgumentHelp("The token to show (default: $SLUICE_TOKEN).", valueName: "token"))
  var token: String?

  @Option(help: ArgumentHelp("The authorities to trust for https, PEM.", valueName: "file"))
  var caFile: String?

  func client() throws -> AdminClient {
    let environment = ProcessInfo.processInfo.environment
    var url = server ?? environment["SLUICE_SERVER"] ?? "http://127.0.0.1:4319"
    if !url.contains("://") { url = "http://" + url }
    while url.hasSuffix("/") { url.removeLast() }
    return try AdminClient(url: url, token: token ?? environment["SLUICE_TOKEN"], caFile: caFile)
  }
}

/// How results are shown.
enum ResultFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, yaml
}

struct FormatOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "table, json or yaml.")
  var output = ResultFormat.table
}

/// What a command ends with when it does not end with 0. Wrong usage is 64, as ArgumentParser has it.
enum Exit {
  static let failure = ExitCode(1)
  static let difference = ExitCode(3)

  /// Runs a command; tells why it failed and ends with 1.
  static func guarding(_ command: String, _ body: () throws -> Void) throws {
    do { try body() } catch let error as AdminClient.Failure {
      Console.error("sluice \(command): \(error)")
      throw failure
    }
  }
}
