import Model
import TestSupport
import Testing

@testable import Rules

@Suite struct SelectorTests {
  @Test(arguments: [
    ("up", ["__name__=\"up\""]),
    ("a:b_c1{}", ["__name__=\"a:b_c1\""]),
    ("{}", []),
    (
      "up{job=\"a\",env!='b',zone=~`c|d`,x!~\"e\"}",
      [
        "__name__=\"up\"", "env!=\"b\"", "job=\"a\"", "x!~\"e\"", "zone=~\"c|d\"",
      ]
    ),
    ("{ a = \"b\" , }", ["a=\"b\""]),
    ("{\"my.metric\", \"a.b\"=\"c\"}", ["__name__=\"my.metric\"", "a.b=\"c\""]),
    ("{\"my.metric\"}", ["__name__=\"my.metric\""]),
    ("{a=\"1\",a!=\"2\",a=~\"3\"}", ["a=\"1\"", "a!=\"2\"", "a=~\"3\""]),
    ("up # a comment\n{ # another }\n a=\"b#c\"}\t", ["__name__=\"up\"", "a=\"b#c\""]),
    ("{by=\"a\",on=\"b\"}", ["by=\"a\"", "on=\"b\""]),
    ("{__name__=\"a\",__name__!~\"b\"}", ["__name__=\"a\"", "__name__!~\"b\""]),
    ("{a=`\\n`}", ["a=\"\\n\""]),
    ("{a=\"\\n\\t\\\\\\\"\\x41\\101\\u00e4\\U0001F600\"}", ["a=\"\n\t\\\"AAä😀\""]),
    ("{a='\\'\"'}", ["a=\"'\"\""]),
    ("{a=\"\\xc3\\xa4\"}", ["a=\"ä\""]),
  ])
  func `a selector is read as PromQL reads it`(_ text: String, _ expected: [String]) throws {
    #expect(try Selector.parse(text).matchers.map(\.description) == expected)
  }

  @Test(arguments: [
    ("", 1, "expected a metric name or \"{\""), ("  \"up\"", 3, "expected a metric name"), ("1up", 1, "found \"1\""),
    ("up{", 4, "expected a label name or \"}\", found the end"), ("up{a}", 5, "expected one of"),
    ("up{a=}", 6, "expected a quoted value"), ("up{a=b}", 6, "expected a quoted value"),
    ("up{a=\"b\" c=\"d\"}", 10, "expected \",\" or \"}\""), ("{,}", 2, "expected a label name"),
    ("{a=\"b\",,}", 8, "expected a label name"), ("up[5m]", 3, "expected the end"),
    ("up offset 5m", 4, "expected the end"),
    ("{a=\"b}", 4, "not closed"), ("{a=\"b\n\"}", 4, "not closed on its line"), ("{a=`b}", 4, "not closed"),
    ("{a=\"\\q\"}", 5, "unknown escape"), ("{a=\"\\'\"}", 5, "unknown escape"), ("{a=\"\\x4\"}", 5, "2 hexadecimal"),
    ("{a=\"\\400\"}", 5, "more than a byte"), ("{a=\"\\ud800\"}", 5, "no Unicode"), ("{a=\"\\xff\"}", 4, "not UTF-8"),
    ("{a=~\"(\"}", 5, "not a regular expression"), ("{ä=\"\"}", 2, "found \"ä\""),
    ("{\"ä\"=~\"(\"}", 7, "not a regular"),
    ("up{__name__=\"x\"}", 4, "must not be set twice"), ("up{\"x\"}", 4, "must not be set twice"),
    ("{\"\"=\"x\"}", 2, "label name is empty"), ("{\"\"}", 2, "metric name is empty"),
    ("{a:b=\"c\"}", 3, "expected one of"),
    ("{a==\"b\"}", 4, "expected a quoted value"), ("{a=\"\\", 5, "at the end"), ("{a\"b\"}", 3, "expected one of"),
  ])
  func `an error names the character and what was expected`(_ text: String, _ position: Int, _ reason: String) {
    let error = #expect(throws: RuleError.self) { try Selector.parse(text) }
    #expect(error?.position == position)
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    #expect(RuleChecks.selector(text) == error?.message)
  }

  @Test(arguments: [
    ("{a=\"\"}", true), ("{c=\"\"}", true), ("{c!=\"\"}", false), ("{c=~\".*\"}", true), ("{c=~\".+\"}", false),
    ("{c!~\"x\"}", true), ("{c!~\"x|\"}", false), ("{zz=\"\"}", true), ("{zz!=\"\"}", false), ("{A!=\"\"}", false),
    ("up", true), ("up{b=\"2\"}", true), ("up{b=\"2\",b!=\"2\"}", false), ("{}", true), ("down", false),
  ])
  func `an absent label is the empty value`(_ text: String, _ expected: Bool) throws {
    let block = TestBlock(["__name__": "up", "b": "2", "d": "4"])
    let selector = try Selector.parse(text)
    #expect(block.read(selector.matches) == expected)
  }

  @Test func `a selector agrees with asking label by label`() throws {
    var dice = SeededGenerator(seed: 2)
    let names = ["__name__", "A", "a", "ab", "b", "c", "zone", "ä"]
    let values = ["", "x", "y", "xy", "x\ny", "ä"]
    let patterns = ["x", "x|y", "x.*", ".+", ".*", "", "[xy]", "(?i)X", ".", "y?"]
    for _ in 0..<4000 {
      let labels = Dictionary(
        (0..<dice.below(6)).map { _ in (dice.pick(names), dice.pick(values.filter { !$0.isEmpty })) },
        uniquingKeysWith: { first, _ in first })
      let matchers = try (0..<dice.below(5)).map { _ in
        let kind = dice.pick(Matcher.Operator.allCases)
        let isPattern = kind == .matches || kind == .doesNotMatch
        return try Matcher(name: dice.pick(names), operator: kind, value: dice.pick(isPattern ? patterns : values))
      }
      let selector = Selector(text: "", matchers: matchers)
      let expected = try matchers.allSatisfy { try naive($0, labels[$0.name] ?? "") }
      #expect(TestBlock(labels).read(selector.matches) == expected, "\(matchers) on \(labels)")
    }
  }

  private func naive(_ matcher: Matcher, _ value: String) throws -> Bool {
    switch matcher.operator {
    case .equal: value == matcher.value
    case .notEqual: value != matcher.value
    case .matches: try isWholeMatch(matcher.value, value)
    case .doesNotMatch: try !isWholeMatch(matcher.value, value)
    }
  }

  private func isWholeMatch(_ pattern: String, _ value: String) throws -> Bool {
    try Regex(pattern).dotMatchesNewlines().wholeMatch(in: value) != nil
  }
}
