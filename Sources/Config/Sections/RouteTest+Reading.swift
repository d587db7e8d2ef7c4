import Rules

extension Configuration.RouteTest {
  static let section = Section<Self>([
    Field("name", \.name, .string()),
    Field("given", \.given, Given.reading),
    Field("expect", \.expect, Expectation.reading),
  ])

  static let reading = section.reading(from: Self()) { _, given, reader in
    given.require("given", reader)
    given.require("expect", reader)
  }
}

extension Configuration.RouteTest.Given {
  static let section = Section<Self>([
    Field("tenant", \.tenant, .tenant),
    Field("protocol", \.protocolName, .choice(IngestProtocol.allCases)),
    Field("listener", \.listener, Reading.string().orNull),
    Field("headers", \.headers, .texts { Names.isToken($0) ? nil : "is not a header name" }),
    Field("resource", \.resource, .texts { $0.isEmpty ? "must not be empty" : nil }),
    Field("series", \.series, .labels),
  ])

  static let reading = section.reading(from: Self()) { _, given, reader in
    given.require("tenant", reader)
    given.require("series", reader)
  }
}

extension Configuration.RouteTest.Expectation {
  static let section = Section<Self>([
    Field("fate", \.fate, Reading<Fate>.choice(Fate.allCases).map(Optional.some)),
    Field("routes", \.routes, Reading<[String]>.list(of: .name).map(Optional.some)),
    Field("backends", \.backends, Reading<[String]>.list(of: .name).map(Optional.some)),
    Field("tenant", \.tenant, Reading.string().map(Optional.some)),
    Field("labels", \.labels, Reading<[String: String]>.labels.map(Optional.some)),
  ])

  static let reading = section.reading(from: Self()) { expectation, given, reader in
    guard expectation == Self(), given.failed.isEmpty else { return }
    reader.report(
      "nothing is expected: give one of \(section.fields.map(\.key).joined(separator: ", "))", at: given.node)
  }
}

extension Reading<[String: String]> {
  fileprivate static let labels = texts { $0.isEmpty ? "must not be empty" : nil }

  fileprivate static func texts(names check: @escaping @Sendable (String) -> String?) -> Self {
    Reading<[(name: String, value: String)]>.mapping(of: { _ in .string(takesEmpty: true) }, names: check)
      .map { Dictionary($0.map { ($0.name, $0.value) }) { first, _ in first } }
  }
}
