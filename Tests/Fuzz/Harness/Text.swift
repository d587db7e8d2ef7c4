import Config
import Rules

/// Selectors, regexes, globs, templates and tenants, as an administrator or a request writes them. The first byte says which.
struct RuleText: Decoder {
  static let name = "rules"
  /// A regex is compiled to a program of bounded size, and its states are remembered up to a bound.
  static let mostBytes = 64 << 20
  static let mostTimes = 4096

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    guard let kind = bytes.first else { return }
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    switch kind % 6 {
    case 0: _ = RuleChecks.selector(text)
    case 1: match(text)
    case 2: if let glob = try? Glob.compile(text) { _ = glob.matches(text) }
    case 3: for purpose in [Template.Purpose.tenant, .header] { _ = RuleChecks.template(text, for: purpose) }
    case 4: _ = RuleChecks.tenant(text)
    default: _ = RuleChecks.relabel(relabel(text))
    }
  }

  private func match(_ text: String) {
    guard let pattern = try? Pattern.compile(text) else { return }
    var text = text
    text.withUTF8 { _ = pattern.matches(UnsafeRawBufferPointer($0)) }
  }

  private func relabel(_ text: String) -> RelabelConfig {
    var config = RelabelConfig()
    let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    config.regex = String(parts[0])
    config.replacement = parts.count > 1 ? String(parts[1]) : "$1"
    config.targetLabel = "label"
    return config
  }
}

/// The path of a request.
struct RequestPath: Decoder {
  static let name = "path"

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    guard let path = IngestPath(bytes) else { return }
    if let tenant = path.tenant { _ = try? TenantName(tenant) }
  }
}

/// A configuration file.
struct ConfigurationText: Decoder {
  static let name = "configuration"
  static let mostTimes = 4096
  static let mostBytes = 64 << 20

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    do {
      _ = try ConfigurationLoader.load(
        text: text, name: "fuzz.yaml", folder: "/nonexistent", environment: ["NAME": "value"])
    } catch { require(!error.problems.isEmpty, "an error without a problem") }
  }
}
