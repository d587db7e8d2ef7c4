/// Whether the texts of a rule are valid, for the loader of a configuration. Each returns nil, or why not, with the
/// character at which the text goes wrong.
public enum RuleChecks {
  public static func selector(_ text: String) -> String? {
    reason { () throws(RuleError) in _ = try Selector.parse(text) }
  }
  public static func pattern(_ text: String) -> String? {
    reason { () throws(RuleError) in _ = try Pattern.compile(text) }
  }
  public static func glob(_ text: String) -> String? { reason { () throws(RuleError) in _ = try Glob.compile(text) } }

  /// A template for a tenant or for a header.
  public static func template(_ text: String, for purpose: Template.Purpose = .tenant) -> String? {
    reason { () throws(RuleError) in _ = try Template.compile(text, for: purpose) }
  }

  /// The name of a tenant.
  public static func tenant(_ text: String) -> String? {
    do {
      _ = try TenantName(text)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// A relabel rule: the error names the field by its path.
  public static func relabel(_ config: RelabelConfig) -> RuleError? {
    do {
      _ = try config.compile()
      return nil
    } catch {
      return error
    }
  }

  private static func reason(_ attempt: () throws(RuleError) -> Void) -> String? {
    do {
      try attempt()
      return nil
    } catch {
      return error.message
    }
  }
}
