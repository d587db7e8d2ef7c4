import Testing

@testable import Credentials

@Suite struct AuthorizationTests {
  @Test(arguments: [
    ("Basic YWNtZTpodW50ZXIy", Authorization.basic(user: "acme", password: "hunter2")),
    ("basic YWNtZTpodW50ZXIy", .basic(user: "acme", password: "hunter2")),
    ("BASIC   YWNtZTpodW50ZXIy", .basic(user: "acme", password: "hunter2")),
    ("Basic YTpiOmM=", .basic(user: "a", password: "b:c")), ("Basic Og==", .basic(user: "", password: "")),
    ("Bearer abc.def-_~+/=", .bearer("abc.def-_~+/=")), ("bearer x", .bearer("x")),
    ("Digest username=x", .other), ("", .other), ("Token x", .other),
  ])
  func `a header is read as its RFC says`(_ header: String, _ expected: Authorization) {
    #expect(Authorization(header) == expected)
  }

  @Test(arguments: [
    "Basic", "Basic ", "Basic YWNtZQ==", "Basic !!!!", "Basic YWNtZTpodW50ZXIy=", "Basic YTpi\u{E9}", "Basic /zo=",
    "Basic YTpiOmN=", "Bearer", "Bearer ", "Bearer a b", "Bearer \u{E9}", "Basic YTpi YTpi",
  ])
  func `a header that cannot be read is refused`(_ header: String) {
    #expect(Authorization(header) == nil)
  }

  @Test func `Base64 has one text for each sequence of bytes`() {
    for bytes in [[], [0], [255, 254], [1, 2, 3], [9, 8, 7, 6]] as [[UInt8]] {
      let texts = ["", "AA==", "//4=", "AQID", "CQgHBg=="]
      #expect(texts.contains { Base64.decode($0, .standard) == bytes })
    }
    #expect(Base64.decode("__4", .url) == [255, 254])
    #expect(Base64.decode("__5", .url) == nil)
    #expect(Base64.decode("__4=", .url) == nil)
    #expect(Base64.decode("//4", .url) == nil)
    #expect(Base64.decode("A", .url) == nil)
  }
}
