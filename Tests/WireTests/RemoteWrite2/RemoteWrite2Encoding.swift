import Memory
import Model
import TestSupport
import Testing

@testable import Wire

@Suite struct RemoteWrite2Encoding {
  /// What an encoder makes of `body`; nil where there is nothing to be sent.
  private func encode(
    _ body: [UInt8], _ encoder: RemoteWrite2Encoder = RemoteWrite2Encoder(), _ families: FamilyCache = FamilyCache()
  ) throws -> [UInt8]? {
    let output = Buffer(capacity: 16)
    let isThere = try encoder.encode(buffer(body), families: families, into: output)
    #expect(isThere == (output.count > 0))
    return isThere ? output.contents : nil
  }

  /// The symbols of a body of 2.0.
  private func symbols(_ body: Buffer) throws -> [String] {
    var texts: [String] = []
    var reader = WireReader(body.bytes)
    while let tag = try reader.tag() {
      let field = try reader.message()
      if tag == 0x22 { texts.append(field.rest.text) }
    }
    return texts
  }

  /// Type, help and unit of each series of a body of 2.0 that has any, by metric name.
  private func metadata(_ bytes: [UInt8]) throws -> [String: [String]] {
    let body = buffer(bytes)
    let symbols = try symbols(body)
    var found: [String: [String]] = [:]
    var reader = WireReader(body.bytes)
    while let tag = try reader.tag() {
      let series = try reader.message()
      if tag == 0x2A, let (name, words) = try metadata(of: series, symbols) { found[name] = words }
    }
    withExtendedLifetime(body) {}
    return found
  }

  private func metadata(of series: WireReader, _ symbols: [String]) throws -> (String, [String])? {
    var series = series
    var references: [Int] = []
    var words: [String]?
    while let tag = try series.tag() {
      var field = try series.message()
      if tag == 0x0A { while !field.isAtEnd { references.append(Int(try field.varint())) } }
      guard tag == 0x2A else { continue }
      var (type, help, unit) = ("", "", "")
      while let tag = try field.tag() {
        let number = Int(try field.varint())
        switch tag {
        case 0x08: type = "\(number)"
        case 0x18: help = symbols[number]
        default: unit = symbols[number]
        }
      }
      words = [type, help, unit]
    }
    return words.map { (symbols[references[1]], $0) }
  }

  @Test func `from 1 to 2 and back nothing is lost`() throws {
    let encoder = RemoteWrite2Encoder()
    let (decoder, batch) = (RemoteWrite2Decoder(), SeriesBatch(arena: Buffer(capacity: 16)))
    for seed in 0..<300 as Range<UInt64> {
      let body = RandomBatch.body(seed: seed)
      guard let made = try encode(body, encoder) else {
        #expect(body.isEmpty, "seed \(seed)")
        continue
      }
      batch.removeAll()
      try decoder.decode(buffer(made), into: batch, limit: 1 << 20)
      #expect(batch.refusals.isEmpty, "seed \(seed): \(batch.refusals.message)")
      #expect(batch.whole == body, "seed \(seed)")
      #expect(encoder.counts.samples == batch.sampleCount && encoder.counts.histograms == batch.histogramCount)
      #expect(encoder.counts.exemplars == batch.exemplarCount && encoder.counts.series == batch.series.count)
    }
  }

  @Test func `symbols begin with the empty one and come once`() throws {
    let builder = WriteRequestBuilder().series([("__name__", "up"), ("job", "up")])
    let made = try #require(try encode(builder.series([("__name__", "up"), ("up", "job")]).body))
    let texts = try symbols(buffer(made))
    #expect(texts == ["", "__name__", "up", "job"])
  }

  @Test func `samples and histograms of one series go in two`() throws {
    let builder = WriteRequestBuilder()
    builder.message(0x0A, in: builder.bytes) {
      builder.label("__name__", "both")
      builder.message(0x22, in: builder.bytes) { builder.bytes.append(tag: 0x78, varint: 30) }
      builder.sample(1, 10)
      builder.message(0x1A, in: builder.bytes) { builder.bytes.append(tag: 0x18, varint: 20) }
    }
    let batch = try decode2(try #require(try encode(builder.body)))
    #expect(batch.labelTexts == [["__name__=both"], ["__name__=both"]])
    #expect(batch.items(0) == [.sample(value: 1, timestamp: 10), .exemplar(value: 0, timestamp: 20)])
    #expect(batch.items(1) == [.histogram(count: 0, sum: 0, timestamp: 30)])
  }

  @Test func `exemplars in series of their own join one with the same labels, in order`() throws {
    let builder = WriteRequestBuilder()
    func exemplar(_ labels: [(String, String)], _ timestamp: UInt64) {
      builder.message(0x0A, in: builder.bytes) {
        for label in labels { builder.label(label.0, label.1) }
        builder.message(0x1A, in: builder.bytes) { builder.bytes.append(tag: 0x18, varint: timestamp) }
      }
    }
    exemplar([("__name__", "a")], 1)
    builder.series([("__name__", "b")]).series([("__name__", "a")]).series([("__name__", "a")])
    exemplar([("__name__", "a")], 2)
    exemplar([("__name__", "c")], 3)
    let encoder = RemoteWrite2Encoder()
    let batch = try decode2(try #require(try encode(builder.body, encoder)))
    #expect((0..<3).map { batch.series[$0].exemplars } == [0, 2, 0])
    #expect(batch.items(1).suffix(2) == [.exemplar(value: 0, timestamp: 1), .exemplar(value: 0, timestamp: 2)])
    #expect(encoder.counts.exemplars == 2 && encoder.counts.samples == 3)
    // None is left over for the next request.
    let next = try decode2(try #require(try encode(WriteRequestBuilder().series([("__name__", "c")]).body, encoder)))
    #expect(next.exemplarCount == 0)
  }

  @Test func `metadata goes with the series of its family, also of later requests`() throws {
    let builder = WriteRequestBuilder().series([("__name__", "took_bucket")]).series([("__name__", "took_total")])
    func metadata(_ name: String, _ type: UInt64, _ help: String, _ unit: String = "") {
      builder.message(0x1A, in: builder.bytes) {
        builder.bytes.append(tag: 0x08, varint: type)
        builder.bytes.append(tag: 0x12, text: name)
        builder.bytes.append(tag: 0x22, text: help)
        if !unit.isEmpty { builder.bytes.append(tag: 0x2A, text: unit) }
      }
    }
    metadata("took", 3, "How long.", "seconds")
    metadata("errors", 1, "What failed.")
    metadata("", 1, "Of nothing.")
    let (encoder, families) = (RemoteWrite2Encoder(), FamilyCache())
    let first = try #require(try encode(builder.body, encoder, families))
    #expect(try self.metadata(first) == ["took_bucket": ["3", "How long.", "seconds"]])
    let later = WriteRequestBuilder().series([("__name__", "errors_total")]).series([("__name__", "took_count")])
    later.series([("__name__", "errors")]).series([("__name__", "errors_sum")])
    #expect(
      try self.metadata(try #require(try encode(later.body, encoder, families))) == [
        "errors_total": ["1", "What failed.", ""], "took_count": ["3", "How long.", "seconds"],
        "errors": ["1", "What failed.", ""],
      ])
  }

  @Test func `metadata alone is remembered and makes no request`() throws {
    let builder = WriteRequestBuilder()
    builder.message(0x1A, in: builder.bytes) { builder.bytes.append(tag: 0x12, text: "up") }
    let families = FamilyCache()
    #expect(try encode(builder.body, RemoteWrite2Encoder(), families) == nil)
    #expect(families.size > 0)
    #expect(try encode([]) == nil)
  }

  @Test func `what is known of a family is replaced, not gathered`() throws {
    let families = FamilyCache()
    var sizes: Set<Int> = []
    for help in ["first", "other"] {
      let builder = WriteRequestBuilder()
      builder.message(0x1A, in: builder.bytes) {
        builder.bytes.append(tag: 0x12, text: "up")
        builder.bytes.append(tag: 0x22, text: help)
      }
      _ = try encode(builder.body, RemoteWrite2Encoder(), families)
      sizes.insert(families.size)
    }
    #expect(sizes.count == 1)
    let made = try encode(WriteRequestBuilder().series([("__name__", "up")]).body, RemoteWrite2Encoder(), families)
    #expect(try metadata(try #require(made)) == ["up": ["", "other", ""]])
  }

  @Test func `many different strings keep their numbers`() throws {
    let builder = WriteRequestBuilder()
    for number in 0..<20_000 { builder.series([("__name__", "up"), ("number", "\(number)")]) }
    let encoder = RemoteWrite2Encoder()
    for _ in 0..<2 {
      let made = try #require(try encode(builder.body, encoder))
      #expect(try decode2(made, limit: 1 << 30).whole == builder.body)
    }
  }
}

@Suite struct RemoteWrite2Damage {
  private let decoder = RemoteWrite2Decoder()
  private let batch = SeriesBatch(arena: Buffer(capacity: 1 << 16))

  /// Decodes and, where that succeeds, checks what every batch promises.
  private func check(_ body: [UInt8], _ what: String) {
    batch.removeAll()
    guard (try? decoder.decode(buffer(body), into: batch, limit: 1 << 20)) != nil else { return }
    #expect(batch.whole ?? [] == batch.encodedSeries, "\(what)")
    // What was taken is canonical: the decoder of 1.0 finds nothing to mend, start timestamps aside.
    let again = try? decode(batch.encodedSeries)
    #expect(again?.labelTexts == batch.labelTexts, "\(what)")
    #expect(again?.sampleCount == batch.sampleCount && again?.refusals.isEmpty == true, "\(what)")
  }

  private func bodies() throws -> [[UInt8]] {
    let encoder = RemoteWrite2Encoder()
    return try (0..<40 as Range<UInt64>).compactMap { seed in
      let output = Buffer(capacity: 16)
      let isThere = try encoder.encode(buffer(RandomBatch.body(seed: seed)), families: FamilyCache(), into: output)
      return isThere ? output.contents : nil
    }
  }

  @Test func `a body cut off anywhere is refused or taken for what is left`() throws {
    for body in try bodies().prefix(4) {
      for count in 0..<body.count { check(Array(body.prefix(count)), "\(count) of \(body)") }
    }
  }

  @Test func `no damage gets a batch that is not canonical`() throws {
    var random = SeededGenerator(seed: 7)
    let bodies = try bodies()
    for _ in 0..<1500 {
      var body = try #require(bodies.randomElement(using: &random))
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let at = Int.random(in: 0..<body.count, using: &random)
        body[at] = UInt8.random(in: 0...255, using: &random)
      }
      check(body, "\(body)")
    }
  }

  @Test func `a block that is damaged is refused by the encoder or encoded to what can be decoded`() throws {
    var random = SeededGenerator(seed: 11)
    let encoder = RemoteWrite2Encoder()
    for seed in 0..<800 as Range<UInt64> {
      var body = RandomBatch.body(seed: seed % 40)
      guard !body.isEmpty else { continue }
      body[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      if Bool.random(using: &random) { body.removeLast(Int.random(in: 0..<body.count, using: &random)) }
      let output = Buffer(capacity: 16)
      guard (try? encoder.encode(buffer(body), families: FamilyCache(), into: output)) == true else { continue }
      #expect(throws: Never.self) { try decodeLoosely(output.contents) }
    }
  }

  private func decodeLoosely(_ body: [UInt8]) throws {
    do { _ = try decode2(body) } catch let error as WireError where error.path.isEmpty { throw error } catch {}
  }
}
