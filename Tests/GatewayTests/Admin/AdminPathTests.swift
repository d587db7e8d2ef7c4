import Testing

@testable import Gateway

@Suite struct AdminPathTests {
  private let endpoint = AdminEndpoint("/admin/v1/routes/{name}", [])

  @Test(arguments: [
    ("/admin/v1/routes/a", "a"), ("/admin/v1/routes/%61%62", "ab"), ("/admin/v1/routes/%C3%A4", "ä"),
    ("/admin/v1/routes/a+b", "a+b"), ("/admin/v1/routes/...", "..."),
  ])
  func `a name is percent-decoded`(_ path: String, _ name: String) {
    #expect(endpoint.parts(of: path) == [name])
  }

  @Test(arguments: [
    "/admin/v1/routes", "/admin/v1/routes/", "/admin/v1/routes/a/", "/admin/v1/routes//a", "//admin/v1/routes/a",
    "/admin/v1/route%73/a", "/admin/v1/routes/%2F", "/admin/v1/routes/%2e%2e", "/admin/v1/routes/.",
    "/admin/v1/routes/%", "/admin/v1/routes/%4", "/admin/v1/routes/%GG", "/admin/v1/routes/%ff", "/admin/v1/routes/%00",
    "/admin/v1/routes/%7f", "admin/v1/routes/a", "/admin/V1/routes/a", "",
  ])
  func `another spelling is another path`(_ path: String) {
    #expect(endpoint.parts(of: path) == nil)
  }

  @Test func `no path is served by two endpoints`() {
    let templates = AdminAPI.endpoints.map(\.template)
    #expect(Set(templates).count == templates.count)
    for endpoint in AdminAPI.endpoints {
      #expect(AdminAPI.endpoints.count { $0.parts(of: endpoint.template.replacing(/\{.*?\}/, with: "x")) != nil } == 1)
    }
  }

  @Test(arguments: [
    ("limit=5", true), ("limit=5&limit=5", false), ("other=1", false), ("limit=%", false), ("", true), ("&&", true),
  ])
  func `parameters are known ones, each once`(_ query: String, _ isTaken: Bool) {
    let taken = try? QueryParameters(query, known: ["limit"])
    #expect((taken != nil) == isTaken)
  }

  @Test func `every path and method of the API is described, and no other`() throws {
    let text = try Page("docs/openapi.yaml").text
    let described = text.split(separator: "\n").reduce(into: (path: "", all: Set<String>())) { found, line in
      if let match = line.wholeMatch(of: #/  (/[^:]*):/#) { found.path = String(match.1) }
      if let match = line.wholeMatch(of: #/    (get|post|put|patch|delete):/#) {
        found.all.insert("\(match.1.uppercased()) \(found.path)")
      }
    }.all
    let known = AdminAPI.endpoints.flatMap { endpoint in
      endpoint.operations.map { "\($0.method) \(endpoint.template)" }
    }
    #expect(Set(known).symmetricDifference(described).sorted() == [])
  }

  @Test func `every path of the API stands in its page`() throws {
    let text = try Page("docs/admin-api.md").text
    for endpoint in AdminAPI.endpoints where endpoint.template.hasPrefix("/admin/") {
      let isNamed = text.contains("`\(endpoint.template)`")
      let last = endpoint.template.split(separator: "/").last ?? ""
      #expect(isNamed || text.contains("`…/\(last)`"), "\(endpoint.template)")
    }
  }
}
