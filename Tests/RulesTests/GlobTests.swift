import Testing

@testable import Rules

@Suite struct GlobTests {
  @Test(arguments: [
    ("pay-*", "pay-", true), ("pay-*", "pay-eu", true), ("pay-*", "xpay-eu", false), ("*", "", true), ("?", "", false),
    ("a?c", "abc", true), ("a?c", "ac", false), ("*a*b*", "xaxbx", true), ("*a*b*", "xbxax", false),
    ("a**b", "ab", true),
    ("\\*", "*", true), ("\\*", "x", false), ("\\\\", "\\", true), ("[a]", "[a]", true), ("A", "a", false),
    ("*ab", "aab", true), ("*aab", "aaaab", true), ("", "", true), ("", "a", false), ("a*", "b", false),
  ])
  func `a star is any run, a question mark one byte, a backslash an escape`(
    _ glob: String, _ text: String, _ expected: Bool
  ) throws {
    #expect(try Glob.compile(glob).matches(text) == expected)
  }

  @Test func `a glob without wildcards is known as a name`() throws {
    #expect(try Glob.compile("pay\\*").literal == "pay*")
    #expect(try Glob.compile("pay*").literal == nil)
    #expect(try Glob.compile("***").matchesEverything)
  }

  @Test func `a lone backslash at the end and a glob too long are refused`() {
    #expect(RuleChecks.glob("ab\\")?.contains("at character 3") == true)
    #expect(RuleChecks.glob(String(repeating: "*a", count: 600)) != nil)
  }

  @Test func `many stars do not take exponential time`() throws {
    let glob = try Glob.compile(String(repeating: "a*", count: 200) + "b")
    let clock = ContinuousClock()
    let taken = clock.measure { #expect(!glob.matches(String(repeating: "a", count: 20000))) }
    #expect(taken < .seconds(5))
  }
}
