/// The checks of what stands inside a route's strings, made by those who know the languages. Each gets the text and gives
/// nil when it is fine, else the reason why not, which the loader reports at its place.
public struct RouteChecks: Sendable {
  public typealias Check = @Sendable (String) -> String?

  /// A PromQL series selector.
  public var selector: Check
  /// A regular expression of a relabelling step.
  public var regex: Check
  /// A template of the outgoing tenant.
  public var tenantTemplate: Check
  /// A template of a header for backends.
  public var headerTemplate: Check
  /// A tenant, or another name, to match, by name or glob.
  public var tenantGlob: Check
  /// The name of an algorithm that JSON Web Tokens are signed by.
  public var signatureAlgorithm: Check

  /// A check left out takes everything.
  public init(
    selector: @escaping Check = { _ in nil }, regex: @escaping Check = { _ in nil },
    tenantTemplate: @escaping Check = { _ in nil }, headerTemplate: @escaping Check = { _ in nil },
    tenantGlob: @escaping Check = { _ in nil }, signatureAlgorithm: @escaping Check = { _ in nil }
  ) {
    self.selector = selector
    self.regex = regex
    self.tenantTemplate = tenantTemplate
    self.headerTemplate = headerTemplate
    self.tenantGlob = tenantGlob
    self.signatureAlgorithm = signatureAlgorithm
  }
}
