import TestSupport
import Testing

@testable import Rules

@Suite struct PatternTests {
  @Test(arguments: [
    ("foo", "foo", true), ("foo", "foobar", false), ("foo", "xfoo", false), ("", "", true), ("", "a", false),
    ("a|b", "b", true), ("a|b", "ab", false), ("a|", "", true), ("foo.*", "foo", true), ("foo.*", "foo\nbar", true),
    ("foo.+", "foo", false), (".+", "", false), (".+", "\n", true), (".*", "", true), (".*\\.com", "a.com", true),
    (".*\\.com", "a_com", false), ("a.*a", "a", false), ("a.*a", "aa", true), ("a.+a", "aa", false),
    ("^foo$", "foo", true), ("(?i)foo", "FOO", true), ("(?i)straße", "STRASSE", false), ("(?i)ä", "Ä", true),
    ("\\d+", "123", true), ("\\pL+", "äß", true), (".", "ä", true), ("..", "ä", false), ("(?-s).", "\n", false),
    ("a.b", "a\nb", true), ("\\Qa.b\\E", "a.b", true), ("\\Qa.b\\E", "axb", false), ("[[:alpha:]]+", "abc", true),
    ("foo$|bar", "foo", true), ("a{2}", "aa", true), ("\\x41", "A", true), ("(?<n>a)b", "ab", true),
    ("[]a]", "]", true),
    ("[(?<x>]+", "(<?", true), ("a\\|b", "a|b", true), ("x*", "xxx", true), ("ab?", "a", true),
  ])
  func `the whole text is matched, and a dot takes a newline`(_ pattern: String, _ text: String, _ expected: Bool)
    throws
  {
    let pattern = try Pattern.compile(pattern)
    #expect(text.bytes { pattern.matches($0) } == expected)
  }

  @Test(arguments: [
    ("a", true), ("a|b|c", true), (".*", true), (".+", true), ("debug_.*", true), ("(a|b)", true), ("(?:a|b)", true),
    ("^(?:a|b)$", true), ("foo_(.+)", true), ("(.*)\\.com", true), ("a.*b", true), ("a.*?", true), ("(.*)", true),
    ("a*", false), ("a|b+", false), ("(?i)a", false), ("(a)|b", false), ("[ab]", false), ("a.b", false),
    (".*.*", false),
    ("(a)(b)", false), ("a{2}", false), ("\\d", false), ("\\n", false), ("((.*))", false), ("(?P<x>.*)", false),
    ("(.*)|(.+)", false), ("a$b", false), ("(a|b)*", false), ("(?m)^a$", false), (".*+", false), ("ä+", false),
  ])
  func `what is only a comparison is compared`(_ pattern: String, _ isPlain: Bool) throws {
    #expect((PlainPatternParser.parse(pattern) != nil) == isPlain)
  }

  @Test(arguments: ["(", "a)", "[", "*", "a**", "(?P<x", "\\8", "(?<=a)b", "\\C", "a{1001}", "(a)\\1", "a)|(b", "\\"])
  func `what is no pattern is refused with a reason`(_ text: String) {
    let error = #expect(throws: RuleError.self) { try Pattern.compile(text) }
    #expect(error?.reason.isEmpty == false)
    #expect(RuleChecks.pattern(text) != nil)
  }

  @Test func `groups are found by number and by name, absent ones are told`() throws {
    let pattern = try Pattern.compile("(?<zone>[a-z]+)-(?P<n>\\d+)?(x)?")
    #expect(pattern.groupCount == 3)
    #expect(pattern.group(named: "zone") == 1)
    #expect(pattern.group(named: "n") == 2)
    #expect(pattern.group(named: "x") == nil)
    #expect(groups(pattern, "eu-12", 4) == [0, 5, 0, 2, 3, 5, -1, -1])
    #expect(groups(pattern, "eu-", 6) == [0, 3, 0, 2, -1, -1, -1, -1, -1, -1, -1, -1])
    #expect(groups(pattern, "EU", 2) == nil)
  }

  @Test func `more groups than the matcher keeps room for are found too`() throws {
    let pattern = try Pattern.compile(String(repeating: "(.)", count: 40))
    let found = try #require(groups(pattern, String(repeating: "x", count: 40), 41))
    #expect(found.count == 82 && found[80] == 39 && found[81] == 40)
  }

  private static let pieces = [
    "a", "b", "ab", ".*", ".+", "|", "(", ")", "(?:", "(.*)", "(.+)", "\\.", ".", "^", "$", "ä", "", "?", "*", "+", "_",
    "\\_", "\\(", "\\|", "{2}", "\n", "(?i)", "[ab]",
  ]

  @Test func `comparisons say what RE2 says, groups included`() throws {
    var dice = SeededGenerator(seed: 1)
    var compared = 0
    while compared < 3000 {
      let text = dice.text(of: Self.pieces, most: 7)
      guard let plain = try? Pattern.compile(text), plain.isPlain else { continue }
      compared += 1
      let regex = try Pattern.compileWithoutComparisons(text)
      #expect(plain.groupCount == regex.groupCount, "\(text)")
      for _ in 0..<8 {
        let subject = dice.text(of: ["a", "b", "ab", ".", "ä", "\n", "_", "(", "|", ""], most: 5)
        #expect(groups(plain, subject, 3) == groups(regex, subject, 3), "\(text) on \(subject)")
      }
    }
  }

  @Test func `a large set of literals is searched, not compared one by one`() throws {
    let names = (0..<5000).map { "tenant-\($0)" }
    let pattern = try Pattern.compile(names.joined(separator: "|"))
    #expect(pattern.isPlain)
    #expect(names.allSatisfy { $0.bytes { pattern.matches($0) } })
    #expect(!"tenant-5000".bytes { pattern.matches($0) })
    #expect(!"".bytes { pattern.matches($0) })
  }

  @Test(arguments: [
    ("(a*)*b", 1), ("(a|aa)+$x", 1), ("(.*)*(.*)*(.*)*z", 1), ("(x{1000}){1000}", 1), ("((a{100}){100}){100}", 1),
    ("(?:(?:a?){500}){500}", 1), ("(", 16000), ("a?", 5000), ("[a-z]{900}|", 1400), ("\\pL", 5000),
    ("(?i)\\pL{999}", 1),
    ("\\pL{999}", 1800), ("(?:a|b|ab)*c?", 1200), ("[^a]*.", 2500),
  ])
  func `a hostile pattern is quick or refused`(_ piece: String, _ times: Int) {
    let clock = ContinuousClock()
    let taken = clock.measure {
      guard let pattern = try? Pattern.compile(String(repeating: piece, count: times)) else { return }
      let subject = String(repeating: "a", count: 20000)
      _ = subject.bytes { pattern.matches($0) }
      _ = groups(pattern, subject, 2)
    }
    #expect(taken < .seconds(8))
  }

  @Test func `a pattern for the automaton has a size limit, a set of literals a larger one`() throws {
    #expect(throws: RuleError.self) { try Pattern.compile(String(repeating: "a*", count: 10000)) }
    #expect(throws: RuleError.self) { try Pattern.compile(String(repeating: "a", count: 2 << 20)) }
    #expect(try Pattern.compile(String(repeating: "a|", count: 10000)).isPlain)
  }

  @Test func `one pattern serves many threads`() async throws {
    let pattern = try Pattern.compile("([a-z]+)-(\\d+).*")
    await withTaskGroup(of: Bool.self) { tasks in
      for worker in 0..<8 {
        tasks.addTask {
          (0..<500).allSatisfy { self.groups(pattern, "abc-\(worker * $0)!", 2)?[3] == 3 }
        }
      }
      for await isRight in tasks { #expect(isRight) }
    }
  }

  private func groups(_ pattern: Pattern, _ text: String, _ count: Int) -> [Int64]? {
    var groups = [Int64](repeating: 7, count: count * 2)
    let matches = text.bytes { bytes in
      groups.withUnsafeMutableBufferPointer { pattern.matches(bytes, groups: $0) }
    }
    return matches ? groups : nil
  }
}
