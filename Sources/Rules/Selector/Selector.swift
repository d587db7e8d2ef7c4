public import Model

/// A PromQL series selector: all its matchers must accept. Immutable, any thread.
///
/// Unlike in a query, a selector of a route may accept every series (`{}`), and a label may be asked for several times.
public struct Selector: Sendable, CustomStringConvertible {
  /// The selector as it was written.
  public let text: String
  /// In the order of their labels' names; those of one label in the order in which they were written.
  public let matchers: [Matcher]

  /// Reads `text`, such as `metric{a="b", c=~"x|y"}`, `{__name__="x"}` or `{"my.metric", "a.b"="c"}`.
  /// - Throws: the character at which the text goes wrong, and what was expected there.
  public static func parse(_ text: String) throws(RuleError) -> Selector {
    var parser = SelectorParser(text)
    return Selector(text: text, matchers: try parser.parse())
  }

  init(text: String, matchers: [Matcher]) {
    self.text = text
    // `sorted` is stable.
    self.matchers = matchers.sorted { $0.nameBytes.bytes.precedes($1.nameBytes.bytes) }
  }

  public var description: String { text }

  /// Whether all matchers accept the labels: one walk over both, which are sorted alike.
  public func matches(_ labels: LabelBlock) -> Bool {
    matchers.withUnsafeBufferPointer { Self.matches(labels, $0) }
  }

  private static func matches(_ labels: LabelBlock, _ matchers: UnsafeBufferPointer<Matcher>) -> Bool {
    var next = 0
    for label in labels {
      while next < matchers.count, matchers[next].nameBytes.bytes.precedes(label.name) {
        guard matchers[next].acceptsAbsent else { return false }
        next += 1
      }
      while next < matchers.count, matchers[next].nameBytes.bytes.hasSameBytes(as: label.name) {
        guard matchers[next].accepts(label.value) else { return false }
        next += 1
      }
      if next == matchers.count { return true }
    }
    return matchers[next...].allSatisfy(\.acceptsAbsent)
  }
}
