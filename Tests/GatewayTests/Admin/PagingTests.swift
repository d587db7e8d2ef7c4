import JSON
import Testing

@testable import Gateway

@Suite struct PagingTests {
  private func page(_ query: String, _ members: [String]) throws -> (names: [String], next: String?) {
    let query = try QueryParameters(query, known: Paging.parameters)
    let (part, next) = try Paging(query).part(of: members) { $0 }
    return (Array(part), next)
  }

  @Test func `the parts together are the whole`() throws {
    let all = (0..<10).map { "m\($0)" }
    var (seen, token): ([String], String?) = ([], nil)
    repeat {
      let part = try page("limit=3" + (token.map { "&continue=\($0)" } ?? ""), all)
      seen += part.names
      token = part.next
    } while token != nil
    #expect(seen == all)
  }

  @Test func `a member that comes or goes meanwhile moves no other`() throws {
    let first = try page("limit=2", ["a", "b", "c", "d"])
    let token = try #require(first.next)
    #expect(try page("limit=2&continue=\(token)", ["new", "a", "b", "c", "d"]).names == ["c", "d"])
    #expect(try page("limit=2&continue=\(token)", ["a", "c", "d"]).names == ["d"])
    #expect(try page("limit=2&continue=\(token)", []).names == [])
  }

  @Test(arguments: ["limit=0", "limit=1001", "limit=-1", "limit=a", "continue=1", "continue=1-zz", "continue=-6161"])
  func `what is out of range is refused`(_ query: String) {
    #expect(throws: Problem.self) { try page(query, []) }
  }
}
