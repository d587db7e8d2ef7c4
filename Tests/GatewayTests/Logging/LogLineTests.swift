import JSON
import Testing

@testable import Gateway

@Suite struct LogLineTests {
  /// What a logfmt reader makes of a line: words, in quotes or not.
  private func pairs(_ line: String) throws -> [String: String] {
    var pairs: [String: String] = [:]
    var rest = line.unicodeScalars[...]
    while !rest.isEmpty {
      let key = String(String.UnicodeScalarView(rest.prefix { $0 != "=" }))
      rest = rest.dropFirst(key.unicodeScalars.count + 1)
      if rest.first == "\"" {
        var end = rest.index(after: rest.startIndex)
        while rest[end] != "\"" { end = rest.index(end, offsetBy: rest[end] == "\\" ? 2 : 1) }
        let quoted = String(String.UnicodeScalarView(rest[...end]))
        pairs[key] = try JSONValue(parsing: quoted).string
        rest = rest[rest.index(after: end)...]
      } else {
        pairs[key] = String(String.UnicodeScalarView(rest.prefix { $0 != " " }))
        rest = rest.drop { $0 != " " }
      }
      rest = rest.dropFirst()
    }
    return pairs
  }

  static let values = [
    "plain", "", " ", "two words", "a=b", "say \"no\"", #"back\slash"#, #"ends with \"#, "line\nbreak", "tab\tbed",
    "\r", "\u{0}", "\u{1B}[31m", "\u{7F}", "é€😀", "\"\u{301}", "{\"a\":1}", "null", "1",
  ]

  @Test(arguments: values) func `a logfmt value reads back as it was`(_ value: String) throws {
    let line = LogLine.logfmt([("before", "1"), ("key", value), ("after", "2")])
    #expect(try pairs(line) == ["before": "1", "key": value, "after": "2"])
  }

  @Test(arguments: values) func `a JSON value reads back as it was`(_ value: String) throws {
    let object = try JSONValue(parsing: LogLine.json([("before", "1"), ("key", value)]))
    #expect(object == .object(JSONObject([("before", "1"), ("key", .string(value))])))
  }

  @Test(arguments: values) func `a line has no line break in it, and no other control byte`(_ value: String) {
    for line in [LogLine.logfmt([("key", value)]), LogLine.json([("key", value)])] {
      #expect(line.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    }
  }

  @Test(arguments: ["plain", "a.b/c:d-e", "127.0.0.1:80", #"a\b"#, "é"])
  func `a logfmt value that is one word has no quotes`(_ value: String) {
    #expect(LogLine.logfmt([("key", value)]) == "key=\(value)")
  }

  @Test(arguments: ["", "two words", "a=b", "=", "say \"no\"", "tab\tbed", "\u{7F}"])
  func `a logfmt value that is not one word, or could be taken for a pair, has quotes`(_ value: String) {
    #expect(LogLine.logfmt([("key", value)]).hasPrefix("key=\""))
  }

  @Test func `logfmt separates its pairs by one blank`() {
    #expect(LogLine.logfmt([("a", "1"), ("b", "2 3"), ("c", "")]) == #"a=1 b="2 3" c="""#)
  }

  @Test func `JSON keeps the order of the fields`() {
    #expect(LogLine.json([("ts", "1"), ("level", "info"), ("msg", "x")]) == #"{"ts":"1","level":"info","msg":"x"}"#)
  }

  @Test func `nothing to tell is an empty object`() {
    #expect(LogLine.json([]) == "{}")
    #expect(LogLine.logfmt([]) == "")
  }

  @Test func `a key is escaped in JSON too`() throws {
    let object = try JSONValue(parsing: LogLine.json([("a\"b", "1")]))
    #expect(object["a\"b"]?.string == "1")
  }
}
