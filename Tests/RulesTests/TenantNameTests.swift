import Testing

@testable import Rules

@Suite struct TenantNameTests {
  @Test(arguments: ["a", "A-Z_0.9!*'()", "...", ".a", "__markers", String(repeating: "x", count: 150)])
  func `letters, digits and eight others make a tenant`(_ text: String) throws {
    #expect(try TenantName(text).text == text)
    #expect(RuleChecks.tenant(text) == nil)
  }

  @Test(arguments: [
    ("", TenantName.Fault.empty), (".", .reserved(".")), ("..", .reserved("..")),
    ("__markers__", .reserved("__markers__")), ("user-index.json.gz", .reserved("user-index.json.gz")),
    ("a|b", .severalTenants), ("a b", .character(0x20, position: 2)), ("ä", .character(0xC3, position: 1)),
    ("a/b", .character(0x2F, position: 2)), ("a\0", .character(0, position: 2)), ("a,b", .character(0x2C, position: 2)),
    (String(repeating: "x", count: 151), .tooLong(bytes: 151)),
  ])
  func `all else is refused, saying why`(_ text: String, _ fault: TenantName.Fault) {
    #expect(throws: fault) { try TenantName(text) }
    #expect(text.bytes { TenantName.fault(in: $0) } == fault)
    #expect(RuleChecks.tenant(text) == fault.description)
  }
}
