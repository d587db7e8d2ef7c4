internal import Model

/// One condition on a label: `name="value"`. A label that is not there has the empty value, as in PromQL.
public struct Matcher: Sendable, CustomStringConvertible {
  public enum Operator: String, CaseIterable, Sendable {
    case equal = "="
    case notEqual = "!="
    case matches = "=~"
    case doesNotMatch = "!~"
  }

  private enum Test {
    case literal(OwnedBytes)
    case pattern(Pattern)
  }

  public let name: String
  public let `operator`: Operator
  /// The value or the pattern, as written.
  public let value: String
  /// Whether a series without the label satisfies it.
  public let acceptsAbsent: Bool
  let nameBytes: OwnedBytes
  private let test: Test
  private let isNegated: Bool

  /// - Throws: RE2's reason, where `operator` wants a pattern and `value` is none.
  public init(name: String, operator: Operator, value: String) throws(RuleError) {
    self.name = name
    self.operator = `operator`
    self.value = value
    nameBytes = OwnedBytes(name)
    switch `operator` {
    case .equal, .notEqual: test = .literal(OwnedBytes(value))
    case .matches, .doesNotMatch: test = .pattern(try Pattern.compile(value))
    }
    isNegated = `operator` == .notEqual || `operator` == .doesNotMatch
    acceptsAbsent = Self.holds(test, of: UnsafeRawBufferPointer(start: nil, count: 0)) != isNegated
  }

  /// Whether the label's value, empty when the label is not there, satisfies the condition.
  public func accepts(_ value: UnsafeRawBufferPointer) -> Bool {
    Self.holds(test, of: value) != isNegated
  }

  public var description: String { "\(name)\(`operator`.rawValue)\"\(value)\"" }

  private static func holds(_ test: Test, of value: UnsafeRawBufferPointer) -> Bool {
    switch test {
    case .literal(let literal): literal.bytes.hasSameBytes(as: value)
    case .pattern(let pattern): pattern.matches(value)
    }
  }
}
