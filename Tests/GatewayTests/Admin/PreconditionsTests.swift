import Inbound
import JSON
import Testing

@testable import Gateway

@Suite struct PreconditionsTests {
  private let tag = EntityTag(["a": 1], revision: 3)

  private func status(_ headers: [(String, String)], _ tag: EntityTag?) -> Int? {
    do throws(Problem) {
      try Preconditions(Headers(headers.map { HeaderField($0.0, $0.1) })).check(tag)
      return nil
    } catch {
      return error.status
    }
  }

  @Test func `a tag changes with what is shown and with the revision, and with nothing else`() {
    #expect(tag == EntityTag(["a": 1], revision: 3))
    #expect(tag != EntityTag(["a": 2], revision: 3))
    #expect(tag != EntityTag(["a": 1], revision: 4))
    #expect(tag.text.hasPrefix("\"3-") && tag.text.hasSuffix("\""))
  }

  @Test func `a change is made when the conditions hold`() {
    #expect(status([], tag) == nil)
    #expect(status([("If-Match", tag.text)], tag) == nil)
    #expect(status([("If-Match", "\"x\", \(tag.text)")], tag) == nil)
    #expect(status([("If-Match", "\"a,b\" ,, W/\"\",\(tag.text)")], tag) == nil)
    #expect(status([("If-Match", "\"x\""), ("If-Match", tag.text)], tag) == nil)
    #expect(status([("If-Match", "*")], tag) == nil)
    #expect(status([("If-None-Match", "*")], nil) == nil)
    #expect(status([("If-None-Match", "\"x\"")], tag) == nil)
  }

  @Test func `a change is refused when they do not`() {
    #expect(status([("If-Match", "\"x\"")], tag) == 412)
    #expect(status([("If-Match", "*")], nil) == 412)
    #expect(status([("If-Match", "W/" + tag.text)], tag) == 412)
    #expect(status([("If-None-Match", "*")], tag) == 412)
    #expect(status([("If-None-Match", tag.text)], tag) == 412)
  }

  @Test(arguments: ["", "x", "\"", ",", "*, \"x\"", "\"a\" \"b\"x", "\"a\" \"b\"", "w/\"a\"", "\"a\\\"b\""])
  func `what is no tag is refused`(_ value: String) {
    #expect(status([("If-Match", value)], tag) == 400)
  }
}
