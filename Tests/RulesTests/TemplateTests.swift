import Memory
import Model
import Testing

@testable import Rules

@Suite struct TemplateTests {
  private func render(_ text: String, _ values: [String: String]) throws -> String {
    let template = try Template.compile(text)
    let buffer = Buffer(capacity: 8)
    buffer.append("before")
    let owned = values.mapValues { OwnedBytes($0) }
    let range = try withExtendedLifetime(owned) {
      try template.render(to: buffer) { owned[$0.description]?.bytes }
    }
    return UnsafeRawBufferPointer(rebasing: buffer.bytes[range.start..<range.end]).text
  }

  @Test(arguments: [
    ("prod-{tenant}", "prod-acme"), ("{tenant}", "acme"), ("{label.team}.{tenant}", "blue.acme"), ("fixed", "fixed"),
    ("{label.http.method}", "get"), ("{header.X-Env}_{resource.service.name}", "eu_shop"),
  ])
  func `variables are filled in`(_ text: String, _ expected: String) throws {
    let values = [
      "tenant": "acme", "label.team": "blue", "label.http.method": "get", "header.X-Env": "eu",
      "resource.service.name": "shop",
    ]
    #expect(try render(text, values) == expected)
  }

  @Test(
    arguments: [
      ("", nil, "empty"), (".", nil, "reserved"), ("a b", 2, "not allowed in a tenant"), ("a{{", 2, "not allowed"),
      ("a}}", 2, "not allowed"), ("ab}", 3, "without \"{\""), ("a{tenant", 2, "not closed"),
      ("a{tenant{x}", 2, "not closed"),
      ("{}", 1, "unknown variable"), ("{Tenant}", 1, "unknown variable"), ("{tenant.x}", 1, "no parts"),
      ("x{label}", 2, "needs a name"), ("x{label.}", 2, "needs a name"), ("{header}", 1, "needs a name"),
      (String(repeating: "x", count: 151), 151, "at most 150"),
    ] as [(String, Int?, String)])
  func `a template that can never make a tenant is refused`(_ text: String, _ position: Int?, _ reason: String) {
    let error = #expect(throws: RuleError.self) { try Template.compile(text) }
    #expect(error?.position == position)
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    #expect(RuleChecks.template(text) == error?.message)
  }

  @Test(
    arguments: [
      ("{label.team:-other}", ["label.team": "blue"], "blue"), ("{label.team:-other}", [:], "other"),
      ("{label.team:-other}", ["label.team": ""], "other"), ("a{header.x:-}", [:], "a"),
    ] as [(String, [String: String], String)])
  func `a default stands in for what is not there`(
    _ text: String, _ values: [String: String], _ expected: String
  ) throws {
    #expect(try render(text, values) == expected)
  }

  @Test(arguments: ["{label.a:-x:-y}", "{label.a:-{{}", "{label.a:-b c}", "{:-a}"])
  func `a default that makes no tenant is refused`(_ text: String) {
    #expect(throws: RuleError.self) { try Template.compile(text) }
  }

  @Test(arguments: [
    "a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0", "\u{1B}[2J", "\u{7F}", String(repeating: "x", count: 4097),
  ])
  func `no value breaks out of a header`(_ value: String) throws {
    let template = try Template.compile("v={label.x}", for: .header)
    #expect(throws: Template.Failure.self) { try template.render { _ in value } }
    #expect(try template.render { _ in "b c;\td=\"ü\"" } == "v=b c;\td=\"ü\"")
    #expect(throws: RuleError.self) { try Template.compile("a\nb", for: .header) }
    #expect(throws: RuleError.self) { try Template.compile("{label.x:-a\r}", for: .header) }
    #expect(throws: RuleError.self) { try Template.compile("", for: .header) }
  }

  @Test func `what a template depends on is known without rendering`() throws {
    #expect(try !Template.compile("a-{tenant}-{header.x}").dependsOnSeries)
    #expect(try Template.compile("{tenant}{label.x}").dependsOnSeries)
    #expect(try Template.compile("{resource.x}").dependsOnResource)
    #expect(try Template.compile("{resource.x}").dependsOnSeries)
    #expect(try Template.compile("{label.x}{tenant}").variables.map(\.description) == ["label.x", "tenant"])
  }

  @Test func `a missing or empty value, and one that makes no tenant, is a failure and leaves the buffer`() throws {
    let template = try Template.compile("a-{label.x}")
    let buffer = Buffer(capacity: 8)
    buffer.append("kept")
    func failure(_ value: String?) -> String? {
      do {
        let owned = value.map { OwnedBytes($0) }
        _ = try withExtendedLifetime(owned) { try template.render(to: buffer) { _ in owned?.bytes } }
        return nil
      } catch {
        #expect(buffer.bytes.text == "kept")
        return "\(error)"
      }
    }
    #expect(failure(nil)?.contains("{label.x}, which is not there") == true)
    #expect(failure("")?.contains("which is not there") == true)
    #expect(failure("a b")?.contains("0x20") == true)
    #expect(failure("a|b")?.contains("several tenants") == true)
    #expect(failure(String(repeating: "x", count: 149))?.contains("151 bytes") == true)
    #expect(failure("ok") == nil)
  }
}
