import ArgumentParser
import Config
import Gateway
import Glibc

/// `sluice check`: everything that is wrong with a configuration, at once.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a configuration file.",
    discussion: """
      Prints every mistake, not only the first, and exits with 1 if there is one. Runs the tests that the file has for \
      its routes.
      """)

  @Argument(help: "The configuration file, YAML or JSON.")
  var file: String

  func run() throws {
    let configuration: Configuration
    do throws(ConfigurationErrors) {
      configuration = try ConfigurationFile(file).load().configuration
    } catch {
      Console.error(error.description)
      throw ExitCode(1)
    }
    do throws(GatewayError) { try Gateway.check(configuration) } catch {
      Console.error("\(file): \(error)")
      throw ExitCode(1)
    }
    for warning in configuration.warnings { Console.error("warning: \(warning)") }
    let counts = [("backend", configuration.backends.count), ("route", configuration.routes.count)]
      .map { "\($1) \($0)\($1 == 1 ? "" : "s")" }
    print("\(file): fine, \(counts.joined(separator: ", "))")
  }
}
