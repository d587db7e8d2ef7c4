import JSON
import Testing

@Suite struct Writing {
  @Test(
    arguments: [
      (.null, "null"), (true, "true"), (.integer(.min), "-9223372036854775808"), (0.1, "0.1"), (1.0, "1.0"),
      (.number(1e21), "1e+21"), (.number(.infinity), "null"), (.number(.nan), "null"),
      (
        .string("a\"b\\c/\n\r\t\u{8}\0\u{1F}\u{7F}ä😀\u{2028}"),
        "\"a\\\"b\\\\c/\\n\\r\\t\\u0008\\u0000\\u001f\u{7F}ä😀\u{2028}\""
      ),
      ([], "[]"), ([:], "{}"), ([1, [2], ["a": nil]], #"[1,[2],{"a":null}]"#),
      (["z": 1, "a\n": 2], #"{"z":1,"a\n":2}"#),
    ] as [(JSONValue, String)])
  func `a value is written on one line`(_ value: JSONValue, _ text: String) {
    #expect(value.text() == text)
  }

  @Test func `a value is written with a line for each member`() {
    let value: JSONValue = ["a": [1, [:]], "b": [], "c": ["d": "e"]]
    #expect(
      value.text(.indented) == """
        {
          "a": [
            1,
            {}
          ],
          "b": [],
          "c": {
            "d": "e"
          }
        }
        """)
  }

  @Test(
    arguments: [
      .number(0.1 + 0.2),
      .number(.leastNonzeroMagnitude), .number(.greatestFiniteMagnitude), .number(1e16), .number(-0.0),
      .integer(.max), .string("\u{0}\u{1}\u{2}\u{8}\u{C}\u{1F}\u{10FFFF}"), ["a": [nil, false, "", [:], []]],
    ] as [JSONValue], [JSONLayout.compact, .indented])
  func `what is written reads back as the same value`(_ value: JSONValue, _ layout: JSONLayout) throws {
    #expect(try JSONValue(parsing: value.bytes(layout)) == value)
  }
}

@Suite struct Access {
  let value: JSONValue = ["name": "a", "count": 2, "ratio": 0.5, "on": true, "none": nil, "list": [1]]

  @Test func `members and elements are found, and are nil where there are none`() {
    #expect(value["name"]?.string == "a")
    #expect(value["list"]?[0]?.integer == 1)
    #expect(value["list"]?[1] == nil)
    #expect(value["list"]?[-1] == nil)
    #expect(value["absent"] == nil)
    #expect(value["name"]?["x"] == nil)
    #expect(value["on"]?.bool == true)
    #expect(value["none"]?.isNull == true)
  }

  @Test func `an integer serves as a number but not the other way round`() {
    #expect(value["count"]?.number == 2)
    #expect(value["ratio"]?.integer == nil)
    #expect(value["name"]?.number == nil)
  }

  @Test func `objects are equal in whatever order`() {
    #expect(JSONObject([("a", 1), ("b", 2)]) == JSONObject([("b", 2), ("a", 1)]))
    #expect(JSONObject([("a", 1)]) != JSONObject([("a", 2)]))
  }

  @Test func `setting adds at the end, replaces in place and removes`() {
    var object = JSONObject([("a", 1), ("b", 2)])
    object["c"] = 3
    object["a"] = 4
    object["b"] = nil
    #expect(object.names == ["a", "c"])
    #expect(object.map { $0.value } == [4, 3])
  }
}
