import Config
import JSON
import Testing

@Suite struct YAMLTexts {
  @Test func `what is written reads back the same`() throws {
    let json: JSONValue = [
      "name": "a", "number": 5, "part": 0.5, "yes": true, "none": nil, "text": "5", "word": "true", "empty": "",
      "list": ["a", "b c", "*x"], "mapping": ["x": ["y": []], "z": [:]], "odd": "a: b # c", "lines": "a\nb\n",
      "quote": "it's \"so\"", "version": "1.0", "null": "null", "no": "no",
    ]
    #expect(try YAMLText.parse(YAMLText.text(json)) == json)
  }

  @Test func `it looks as people write it`() {
    #expect(YAMLText.text(["name": "all", "send": ["a", "b"]]) == "name: all\nsend: [a, b]\n")
  }

  @Test func `what is no YAML is told with its place`() {
    #expect(throws: YAMLText.Fault.self) { try YAMLText.parse("a: [1") }
  }
}
