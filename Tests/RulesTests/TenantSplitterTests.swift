import Memory
import Model
import Testing

@testable import Rules

@Suite struct TenantSplitterTests {
  /// A batch of series of these labels, each with a payload of its own.
  private func batch(_ series: [[String: String]]) -> SeriesBatch {
    let batch = SeriesBatch(arena: Buffer(capacity: 64))
    for (index, labels) in series.enumerated() {
      TestBlock(labels).read { block in
        let payload: [UInt8] = [0x12, 2, UInt8(truncatingIfNeeded: index), 7]
        let start = batch.arena.count
        batch.arena.append(0x0A)
        LabelEncoding.appendVarint(block.bytes.count + payload.count, to: batch.arena)
        let first = batch.arena.count
        batch.arena.append(block.bytes)
        let second = batch.arena.count
        payload.withUnsafeBytes { batch.arena.append($0) }
        batch.append(
          SeriesRecord(
            labels: ByteRange(first, second), payload: ByteRange(second, batch.arena.count),
            encoded: ByteRange(start, batch.arena.count), samples: 1, histograms: 0, exemplars: 0))
      }
    }
    batch.wholeRequest = ByteRange(0, batch.arena.count)
    return batch
  }

  private func sender(
    _ sources: [Identity.Source], header: String? = nil, proofs: [Proof] = [], removes: Bool = false
  ) throws -> (Sender, SeriesSources) {
    let identity = Identity(sources: sources, removesLabel: removes)
    let sender = try identity.sender(path: nil, proofs: proofs) { _ in header.map { [$0] } ?? [] }
    return (sender, try #require(identity.seriesSources))
  }

  /// The labels of each part by tenant, and the payload of each series.
  private func contents(_ parts: [TenantSplitter.Part]) -> [String: [(labels: [String: String], number: UInt8)]] {
    Dictionary(
      uniqueKeysWithValues: parts.map { part in
        let series = (0..<part.batch.series.count).map { index in
          let record = part.batch.series[index]
          let encoded = part.batch.bytes(record.encoded)
          #expect(encoded[0] == 0x0A && record.encoded.end == record.payload.end)
          return (part.batch.labels(of: record).dictionary, part.batch.bytes(record.payload)[2])
        }
        return (part.tenant.text, series)
      })
  }

  private static let three = [
    ["__name__": "up", "tenant": "a"], ["__name__": "up", "tenant": "b", "zone": "z"],
    ["__name__": "up", "tenant": "a"],
  ]

  @Test func `each series goes to the tenant that it names`() throws {
    let (sender, sources) = try sender([.label("tenant")])
    let splitter = TenantSplitter()
    for _ in 1...3 {
      let batch = batch(Self.three)
      let parts = contents(splitter.split(batch, of: sender, by: sources))
      #expect(parts["a"]?.map(\.number) == [0, 2] && parts["b"]?.map(\.number) == [1])
      #expect(parts["b"]?[0].labels == Self.three[1])
      #expect(splitter.losses == TenantSplitter.Losses())
    }
  }

  @Test func `the label is removed where that is wanted, and nothing else`() throws {
    let (sender, sources) = try sender([.label("tenant"), .header("H")], header: "x", removes: true)
    let splitter = TenantSplitter()
    let series = Self.three + [["__name__": "down"], ["__name__": String(repeating: "n", count: 300), "tenant": "x"]]
    let parts = contents(splitter.split(batch(series), of: sender, by: sources))
    #expect(parts["a"]?.map(\.labels) == [["__name__": "up"], ["__name__": "up"]])
    #expect(parts["b"]?.map(\.labels) == [["__name__": "up", "zone": "z"]])
    #expect(parts["x"]?.map(\.labels) == [["__name__": "down"], ["__name__": String(repeating: "n", count: 300)]])
    #expect(parts["x"]?.map(\.number) == [3, 4])
  }

  @Test func `what is told of one series is what is done with it`() throws {
    let grant = Proof(source: .bearer, grant: try TenantGrant(["red", "pay-*"]))
    let values = [nil, "red", "pay-1", "green", "a/b"]
    for header in [nil, "red", "pay-1"] {
      for proofs in [[], [grant]] {
        for sources in [
          [Identity.Source.label("tenant"), .header("H"), .bearer], [.header("H"), .label("tenant"), .bearer],
        ] {
          let identity = Identity(sources: sources, takesUnproven: true, removesLabel: true)
          let sender = try identity.sender(path: nil, proofs: proofs) { _ in header.map { [$0] } ?? [] }
          for value in values {
            var labels = ["__name__": "up"]
            labels["tenant"] = value
            let splitter = TenantSplitter()
            let parts = splitter.split(batch([labels]), of: sender, by: try #require(identity.seriesSources))
            switch identity.naming(ofSeries: labels, resource: nil, from: sender) {
            case .success(let naming):
              #expect(parts.map(\.tenant) == [naming.tenant])
              let part = try #require(parts.first?.batch)
              #expect(part.labels(of: part.series[0]).dictionary == identity.labels(ofSeries: labels))
            case .failure: #expect(parts.isEmpty && splitter.losses != TenantSplitter.Losses())
            }
          }
        }
      }
    }
  }

  @Test func `a request of one tenant stays whole`() throws {
    let (sender, sources) = try sender([.label("tenant")])
    let batch = batch([Self.three[0], Self.three[2]])
    let parts = TenantSplitter().split(batch, of: sender, by: sources)
    #expect(parts.count == 1 && parts[0].batch === batch && parts[0].tenant.text == "a")
  }

  @Test func `the first source that answers wins`() throws {
    let (first, labels) = try sender([.label("tenant"), .header("H")], header: "x")
    #expect(contents(TenantSplitter().split(batch(Self.three), of: first, by: labels)).keys.sorted() == ["a", "b"])
    let (second, behind) = try sender([.header("H"), .label("tenant")], header: "x")
    #expect(contents(TenantSplitter().split(batch(Self.three), of: second, by: behind)).keys.sorted() == ["x"])
  }

  @Test func `series without a tenant, with none that is valid and with a foreign one are lost, and counted`() throws {
    let proof = Proof(source: .bearer, grant: try TenantGrant(["a", "b"]))
    let (sender, sources) = try sender([.bearer, .label("tenant")], proofs: [proof])
    let bad = [
      ["__name__": "up"], ["__name__": "up", "tenant": "evil"], ["__name__": "up", "tenant": "a|b"],
      ["__name__": "up", "tenant": ".."], ["__name__": "up", "tenant": "\u{430}"], ["__name__": "up", "tenant": "A"],
    ]
    let splitter = TenantSplitter()
    let parts = contents(splitter.split(batch(Self.three + bad), of: sender, by: sources))
    #expect(parts.mapValues(\.count) == ["a": 2, "b": 1])
    #expect(splitter.losses.unnamed == 1 && splitter.losses.forbidden == 2 && splitter.losses.invalid == 3)
    #expect(splitter.losses.forbiddenTenant == "A")
  }

  @Test func `a proof of one tenant stands for series that name none, and for no other`() throws {
    let proof = Proof(source: .bearer, grant: try TenantGrant(["a"]))
    for sources in [[Identity.Source.bearer, .label("tenant")], [.label("tenant"), .bearer]] {
      let (sender, series) = try sender(sources, proofs: [proof])
      let splitter = TenantSplitter()
      let parts = contents(splitter.split(batch(Self.three + [["__name__": "up"]]), of: sender, by: series))
      #expect(parts.mapValues(\.count) == ["a": 3] && splitter.losses.forbidden == 1)
    }
  }

  @Test func `an attribute of the resource names the tenant of its series`() throws {
    let (sender, sources) = try sender([.label("tenant"), .resourceAttribute("tenant.id"), .header("H")], header: "x")
    let batch = batch([["__name__": "p"], ["__name__": "q", "tenant": "a"], ["__name__": "r"], ["__name__": "s"]])
    for (tenant, end) in [("b", 2), (nil, 3), ("c", 4)] as [(String?, Int)] {
      let start = batch.resourceText.count
      TestBlock(tenant.map { ["tenant.id": $0] } ?? ["other": "z"]).read { batch.resourceText.append($0.bytes) }
      batch.resources.append(ResourceRecord(attributes: ByteRange(start, batch.resourceText.count), end: end))
    }
    let parts = contents(TenantSplitter().split(batch, of: sender, by: sources))
    #expect(parts.mapValues { $0.map(\.number) } == ["b": [0], "a": [1], "x": [2], "c": [3]])
  }

  @Test func `more tenants than are remembered change nothing`() throws {
    let (sender, sources) = try sender([.label("tenant")])
    let splitter = TenantSplitter()
    for round in 0..<3 {
      let series = (0..<40_000).map { ["__name__": "up", "tenant": "t-\(round)-\($0)"] }
      #expect(splitter.split(batch(series), of: sender, by: sources).count == series.count)
    }
  }
}
