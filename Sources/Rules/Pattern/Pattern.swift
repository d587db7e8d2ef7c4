/// A regular expression in RE2's syntax, matched against the whole of a text, as Prometheus anchors `^(?s:…)$`.
///
/// Matching takes time linear in the text whatever the pattern, and allocates nothing. What is only a comparison
/// (`a|b|c`, `debug_.*`, `.+`) is compared and never sees the automaton. Texts are valid UTF-8. Immutable, any thread.
public final class Pattern: Sendable {
  /// The pattern as it was written.
  public let text: String
  /// Capturing groups, without group 0.
  public let groupCount: Int
  private let plain: PlainPattern?
  private let engine: RegexEngine?

  private init(_ text: String, plain: PlainPattern) {
    self.text = text
    self.plain = plain
    engine = nil
    groupCount = plain.groupCount
  }

  private init(_ text: String, engine: RegexEngine) {
    self.text = text
    self.engine = engine
    plain = nil
    groupCount = engine.groupCount
  }

  /// Bytes of a pattern that needs an automaton. Parsing costs memory and up to 0.2 ms for each character class, before
  /// RE2's own limit can see it.
  public static let mostAutomatonBytes = 16 << 10
  /// Bytes of a pattern that is only comparisons: a long list of names, say.
  public static let mostBytes = 1 << 20

  /// Compiles `text`.
  /// - Throws: RE2's reason, when `text` is no pattern or its automaton would be larger than 8 MiB; or that it is too
  ///   long.
  public static func compile(_ text: String) throws(RuleError) -> Pattern {
    guard text.utf8.count <= mostBytes else { throw RuleError(reason: "longer than \(mostBytes) bytes") }
    if let plain = PlainPatternParser.parse(text) { return Pattern(text, plain: plain) }
    return try compileWithoutComparisons(text)
  }

  /// The same pattern by RE2 alone, for holding the comparisons against it.
  static func compileWithoutComparisons(_ text: String) throws(RuleError) -> Pattern {
    guard text.utf8.count <= mostAutomatonBytes else {
      throw RuleError(
        reason: "longer than \(mostAutomatonBytes) bytes; only a list of names, with at most "
          + "\(PlainPatternParser.mostAffixes) wildcards, may be longer")
    }
    return Pattern(text, engine: try RegexEngine.compile(try PatternSyntax.translate(text)))
  }

  /// Whether matching needs no automaton.
  var isPlain: Bool { plain != nil }

  /// The number of the group called `name`.
  public func group(named name: String) -> Int? { engine?.group(named: name) }

  /// Whether the whole of `text` matches.
  public func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    if let plain { return plain.matches(text) }
    return engine?.matches(text, groups: nil, count: 0) ?? false
  }

  /// Whether the whole of `text` matches; if so, `groups` holds start and end of groups 0, 1, …, as far as it has room
  /// (two numbers each; -1 and -1 for a group that took no part, or does not exist).
  public func matches(_ text: UnsafeRawBufferPointer, groups: UnsafeMutableBufferPointer<Int64>) -> Bool {
    guard let first = groups.baseAddress, groups.count >= 2 else { return matches(text) }
    let wanted = groups.count / 2
    groups.update(repeating: -1)
    guard let plain else {
      let known = min(wanted, groupCount + 1)
      // The automaton stops at yes or no where only the whole is asked for.
      guard engine?.matches(text, groups: known > 1 ? first : nil, count: known > 1 ? known : 0) ?? false else {
        return false
      }
      (first[0], first[1]) = (0, Int64(text.count))
      return true
    }
    guard plain.matches(text) else { return false }
    (first[0], first[1]) = (0, Int64(text.count))
    if wanted > 1, let group = plain.firstGroup(in: text) {
      (first[2], first[3]) = (Int64(group.lowerBound), Int64(group.upperBound))
    }
    return true
  }
}
