import JSON
import Testing

@Suite struct Parsing {
  @Test(
    arguments: [
      ("null", .null), ("true", true), ("false", false), ("0", 0), ("-7", -7),
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("1.0", .number(1)), ("1e3", .number(1000)), ("-0.0", .number(-0.0)), ("5e-324", .number(.leastNonzeroMagnitude)),
      (#""""#, ""), (#""a\"b\\c\/d\n\t\u00e4\ud83d\ude00""#, "a\"b\\c/d\n\tä😀"), (#""a\u0000b""#, "a\0b"),
      ("[]", []), ("{}", [:]), (" [1, [2.5, null]] \n", [1, [2.5, nil]]),
      (#"{"b": 1, "a": {"c": []}}"#, ["b": 1, "a": ["c": []]]),
    ] as [(String, JSONValue)])
  func `each kind of value is read`(_ text: String, _ value: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == value)
  }

  @Test func `members keep their order`() throws {
    let value = try JSONValue(parsing: #"{"z": 1, "a": 2, "m": 3}"#)
    #expect(value.object?.names == ["z", "a", "m"])
  }

  @Test(arguments: [
    ("", 1, 0, "the text is empty"),
    ("[1,", 1, 3, "']' expected near end of file"),
    ("{\n  \"a\": 1,\n  \"a\": 2\n}", 3, 5, "duplicate object key near '\"a\"'"),
    ("[1] x", 1, 5, "end of file expected near 'x'"),
    ("nan", 1, 3, "invalid token near 'nan'"),
    ("[01]", 1, 2, "invalid token near '0'"),
    ("1e400", 1, 5, "real number overflow near '1e400'"),
    ("99999999999999999999", 1, 20, "too big integer near '99999999999999999999'"),
    ("\"a\nb\"", 1, 2, "unexpected newline near '\"a'"),
    (#""\ud800""#, 1, 8, #"invalid Unicode '\uD800' near '"\ud800"'"#),
    (#"{"a\u0000b": 1}"#, 1, 11, #"NUL byte in object key not supported near '"a\u0000b"'"#),
  ])
  func `what is not JSON is refused with line and column`(_ text: String, line: Int, column: Int, message: String) {
    #expect(throws: JSONError(line: line, column: column, message: message)) { try JSONValue(parsing: text) }
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    #expect(throws: JSONError(line: 1, column: 1, message: "unable to decode byte 0xff near '\"'")) {
      try JSONValue(parsing: [UInt8(ascii: "\""), 0xFF, UInt8(ascii: "\"")])
    }
  }

  @Test func `every truncation of a document is refused`() {
    let text = Array(#"{"a": [1.5, "x\u00e4", {"b": null}], "c": true}"#.utf8)
    for count in text.indices {
      #expect(throws: JSONError.self) { try JSONValue(parsing: text[..<count]) }
    }
  }
}

@Suite struct Limits {
  @Test func `a text at the size limit is read and one byte more is refused`() throws {
    #expect(try JSONValue(parsing: "[10]", limits: JSONLimits(size: 4)) == [10])
    #expect(throws: JSONError(line: 1, column: 0, message: "the text has 5 bytes, the limit is 4")) {
      try JSONValue(parsing: "[100]", limits: JSONLimits(size: 4))
    }
  }

  @Test func `a value at the depth limit is read and one deeper is refused where it opens`() throws {
    let limits = JSONLimits(depth: 2)
    #expect(try JSONValue(parsing: "[[], {}]", limits: limits) == [[], [:]])
    #expect(throws: JSONError(line: 2, column: 4, message: "nested deeper than 2")) {
      try JSONValue(parsing: "[\n ä[[1]]]", limits: JSONLimits(depth: 2))
    }
  }

  @Test(arguments: [#"["[[[[", "{\"[[["]"#, #"["\\", []]"#])
  func `brackets inside strings are no depth`(_ text: String) throws {
    _ = try JSONValue(parsing: text, limits: JSONLimits(depth: 2))
  }

  @Test func `no limit lets the nesting exhaust the stack`() {
    let hostile = String(repeating: "[", count: 1_000_000)
    #expect(throws: JSONError(line: 1, column: 1001, message: "nested deeper than 1000")) {
      try JSONValue(parsing: hostile, limits: JSONLimits(depth: .max))
    }
  }
}
