public import Config
internal import Rules

extension RouteChecks {
  /// What only the rules understand: selectors, regular expressions, templates, globs.
  public static var gateway: RouteChecks {
    RouteChecks(
      selector: { text in reason { () throws(RuleError) in _ = try Selector.parse(text) } },
      regex: { text in reason { () throws(RuleError) in _ = try Pattern.compile(text) } },
      tenantTemplate: { text in
        reason { () throws(RuleError) in _ = try Template.compile(text, allowsResource: false) }
      },
      tenantGlob: { text in reason { () throws(RuleError) in _ = try Glob.compile(text) } })
  }

  private static func reason(_ body: () throws(RuleError) -> Void) -> String? {
    do throws(RuleError) {
      try body()
      return nil
    } catch {
      return error.message
    }
  }
}
