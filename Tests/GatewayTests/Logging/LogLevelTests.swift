import Config
import Logging
import Testing

@testable import Gateway

@Suite struct LogLevelTests {
  @Test(arguments: [
    (Configuration.Log.Level.debug, Logger.Level.debug), (.info, .info), (.notice, .notice), (.warning, .warning),
    (.error, .error),
  ])
  func `a configured level is the level of that name`(_ configured: Configuration.Log.Level, _ level: Logger.Level) {
    #expect(LogLevel(configured).current == level)
  }

  @Test func `all loggers follow when the level changes`() {
    let level = LogLevel(.info)
    let loggers = ["a", "b"].map { Logger(label: $0) { _ in GatewayLogHandler(level: level, format: .json) } }
    #expect(loggers.map(\.logLevel) == [.info, .info])
    level.set(.debug)
    #expect(loggers.map(\.logLevel) == [.debug, .debug])
  }

  @Test func `a logger that was given a level of its own keeps it`() {
    let level = LogLevel(.info)
    var logger = Logger(label: "a") { _ in GatewayLogHandler(level: level, format: .logfmt) }
    logger.logLevel = .error
    level.set(.debug)
    #expect(logger.logLevel == .error)
    #expect(level.current == .debug)
  }

  @Test func `metadata that was set is there`() {
    var handler = GatewayLogHandler(level: LogLevel(.info), format: .json)
    handler[metadataKey: "backend"] = "a"
    #expect(handler[metadataKey: "backend"] == "a")
    #expect(handler[metadataKey: "other"] == nil)
  }
}
