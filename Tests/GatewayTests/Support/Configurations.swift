import Config
import Gateway

/// The configuration of a YAML text, checked as the gateway checks it.
func load(_ text: String) throws(ConfigurationErrors) -> Configuration {
  try loadDocument(text).configuration
}

/// The same, with its text.
func loadDocument(_ text: String) throws(ConfigurationErrors) -> ConfigurationDocument {
  try ConfigurationLoader.document(text: text, name: "test.yaml", environment: [:], checks: .gateway)
}
