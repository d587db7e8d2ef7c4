import Testing

@testable import Gateway

@Suite struct MetricCatalogueTests {
  @Test func `no two families have one name`() {
    let names = MetricCatalogue.all.map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: MetricCatalogue.all.map(\.name)) func `a name begins with what it is about`(_ name: String) {
    #expect(name.hasPrefix("sluice_") || name.hasPrefix("process_"))
    #expect(name.allSatisfy { $0 == "_" || ($0.isASCII && $0.isLowercase) })
  }

  @Test func `counters end with total, and nothing else does`() {
    for family in MetricCatalogue.all {
      #expect((family.kind == .counter) == family.name.hasSuffix("_total"), "\(family.name)")
    }
  }

  @Test func `every help is a sentence`() {
    for family in MetricCatalogue.all { #expect(family.help.hasSuffix("."), "\(family.name)") }
  }
}
