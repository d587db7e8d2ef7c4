import Config
import Foundation
import Gateway

/// A configuration file, with the checks of what only the gateway understands.
struct ConfigurationFile: Sendable {
  private let path: String

  init(_ path: String) { self.path = path }

  func load() throws(ConfigurationErrors) -> ConfigurationDocument {
    try ConfigurationLoader.document(file: path, environment: ProcessInfo.processInfo.environment, checks: .gateway)
  }

  var origin: ConfigurationOrigin {
    ConfigurationOrigin(file: path, environment: ProcessInfo.processInfo.environment, checks: .gateway)
  }
}
