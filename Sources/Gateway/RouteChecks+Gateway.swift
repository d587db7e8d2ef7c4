public import Config
internal import Credentials
internal import Rules

extension RouteChecks {
  /// What only the rules understand: selectors, regular expressions, templates, globs.
  public static var gateway: RouteChecks {
    RouteChecks(
      selector: RuleChecks.selector, regex: RuleChecks.pattern,
      tenantTemplate: { RuleChecks.template($0) }, headerTemplate: { RuleChecks.template($0, for: .header) },
      tenantGlob: RuleChecks.glob, signatureAlgorithm: algorithm)
  }

  /// Those with a public key: none else can be asked for.
  private static func algorithm(_ name: String) -> String? {
    guard SignatureAlgorithm(rawValue: name) == nil else { return nil }
    return "expected one of \(SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")), got \"\(name)\""
  }
}
