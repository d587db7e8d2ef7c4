public import Config
internal import Rules

extension RouteChecks {
  /// What only the rules understand: selectors, regular expressions, templates, globs.
  public static var gateway: RouteChecks {
    RouteChecks(
      selector: RuleChecks.selector, regex: RuleChecks.pattern,
      tenantTemplate: { RuleChecks.template($0) }, headerTemplate: { RuleChecks.template($0, for: .header) },
      tenantGlob: RuleChecks.glob)
  }
}
