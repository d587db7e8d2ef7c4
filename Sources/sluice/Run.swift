import ArgumentParser
import Config
import Gateway
import Logging

/// `sluice run`: the gateway, until a signal ends it.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the gateway.",
    discussion: """
      SIGTERM and SIGINT stop it: it takes no more, delivers what it acknowledged for as long as shutdown_timeout \
      allows, leaves the rest in the spool, and exits with 0, or with 1 if something was lost. SIGHUP takes the configuration anew.
      """)

  @Option(help: "The configuration file, YAML or JSON.")
  var config = "conf/sluice.yaml"

  func run() throws {
    // Before any thread is started: they all inherit it, and only this one waits for signals.
    let signals = Signals()
    let file = ConfigurationFile(config)
    let document: ConfigurationDocument
    do throws(ConfigurationErrors) {
      document = try file.load()
    } catch {
      Console.error(error.description)
      throw ExitCode(1)
    }
    let configuration = document.configuration
    let level = LogLevel(configuration.log.level)
    let format: GatewayLogHandler.Format = configuration.log.format == .json ? .json : .logfmt
    let log = Logger(label: "sluice") { _ in GatewayLogHandler(level: level, format: format) }
    for warning in configuration.warnings { log.warning("configuration", metadata: ["warning": "\(warning)"]) }
    let gateway: Gateway
    do throws(GatewayError) {
      gateway = try Gateway(document, from: file.origin, log: log, level: level, load: { try file.load() })
      try gateway.start()
    } catch {
      Console.error("sluice: \(error)")
      throw ExitCode(1)
    }
    announce(gateway, configuration, log)
    try serve(gateway, signals, log, timeout: configuration.shutdownTimeout)
  }

  private func announce(_ gateway: Gateway, _ configuration: Configuration, _ log: Logger) {
    log.notice(
      "sluice is ready",
      metadata: [
        "version": "\(Version.current)", "config": "\(config)",
        "ingest": "\(gateway.addresses.joined(separator: ", "))",
        "admin": "\(configuration.admin.address.host):\(gateway.adminPort)",
      ])
    Greeting(gateway, configuration).print()
  }

  private func serve(_ gateway: Gateway, _ signals: Signals, _ log: Logger, timeout: Duration) throws {
    while true {
      switch signals.wait() {
      case .reload:
        if let reason = gateway.reload() {
          log.error("the configuration was not taken, the old one holds", metadata: ["reason": "\(reason)"])
        } else {
          log.notice("the configuration was taken anew")
          let pending = gateway.pendingRestart
          if !pending.isEmpty {
            log.warning("it takes a restart", metadata: ["keys": "\(pending.joined(separator: ", "))"])
          }
        }
      case .stop:
        log.notice("stopping", metadata: ["within": "\(timeout)"])
        guard gateway.stop(until: .now + timeout) else { throw ExitCode(1) }
        log.notice("stopped")
        return
      }
    }
  }
}
