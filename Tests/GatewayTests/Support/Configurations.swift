import Config
import Gateway

/// The configuration of a YAML text, checked as the gateway checks it.
func load(_ text: String) throws(ConfigurationErrors) -> Configuration {
  try ConfigurationLoader.load(text: text, name: "test.yaml", environment: [:], checks: .gateway)
}
