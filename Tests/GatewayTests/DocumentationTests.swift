import Foundation
import Model
import Rules
import Testing

@testable import Gateway

/// What the pages for users say is what the code does, as far as that can be read off both.
@Suite struct DocumentationTests {
  @Test func `every metric stands in the page of metrics with its type and labels, and no other`() throws {
    let rows = try Page("docs/metrics.md").rows.filter { $0.count == 4 && $0[0].isMetricName }
    let documented = rows.map { "\($0[0]) \($0[1]) \($0[2])" }
    let known = MetricCatalogue.all.map { family in
      "\(family.name) \(family.kind.rawValue) \(family.labels.joined(separator: ", "))"
    }
    #expect(Set(documented).subtracting(known).sorted() == [])
    #expect(Set(known).subtracting(documented).sorted() == [])
    #expect(documented.count == known.count)
  }

  @Test(arguments: Page.all)
  func `every metric that a page names exists`(_ page: String) throws {
    let text = try Page(page).text
    let pattern = page == "docs/metrics.md" ? /\b((?:sluice|process)_[a-z_]+)/ : /`(sluice_[a-z_]+)/
    let named = Set(text.matches(of: pattern).map { String($0.1) })
    #expect(named.subtracting(MetricCatalogue.all.map(\.name)).sorted() == [])
  }

  @Test func `every ingest path that is taken is documented`() throws {
    let taken = try Self.pathsInSource().filter { IngestEndpoint($0)?.signal == .metrics }
    #expect(taken.count >= 9)
    #expect(Set(taken).subtracting(try Self.documentedPaths()).sorted() == [])
  }

  @Test func `every ingest path that is documented is taken`() throws {
    let documented = try Self.documentedPaths()
    #expect(!documented.isEmpty)
    #expect(documented.filter { IngestEndpoint($0)?.signal != .metrics } == [])
  }

  @Test func `every reason for a refusal that is documented exists`() throws {
    let rows = try Page("docs/http.md").rows(below: "### Partial refusals").dropFirst()
    #expect(rows.count > 10)
    #expect(rows.map { $0[0] }.filter { RefusalReason(rawValue: $0) == nil } == [])
  }

  @Test(arguments: Page.all)
  func `the links of a page lead somewhere`(_ page: String) throws {
    let source = try Page(page)
    for link in source.links {
      let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let target = parts[0].isEmpty ? page : Page.resolve(parts[0], from: page)
      #expect(Page.exists(target), "\(link)")
      guard parts.count > 1, target.hasSuffix(".md"), Page.exists(target) else { continue }
      #expect(try Page(target).anchors.contains(parts[1]), "\(link)")
    }
  }

  @Test func `the front page leads to every page`() throws {
    let linked = Set(try Page("README.md").links.map { $0.prefix { $0 != "#" } }.map(String.init))
    #expect(Set(Page.all).subtracting(linked).sorted() == ["README.md"])
  }

  /// The paths that stand as literals where paths are recognised: there is no other list of them.
  private static func pathsInSource() throws -> [String] {
    try Page("Sources/Rules/Routing/IngestPath.swift").text.matches(of: /"(\/[a-z0-9\/]+)"/).map { String($0.1) }
  }

  private static func documentedPaths() throws -> Set<String> {
    Set(try Page("docs/http.md").text.matches(of: /`(\/(?:v1|api|otlp|push)[a-z0-9\/]*)`/).map { String($0.1) })
  }
}
