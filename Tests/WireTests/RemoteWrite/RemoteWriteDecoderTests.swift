import Memory
import Model
import Testing

@testable import Wire

@Suite struct RemoteWriteDecoding {
  @Test func `a canonical body is kept where it is`() throws {
    let builder = WriteRequestBuilder().series([("__name__", "up"), ("job", "a")], samples: [(1, 10), (2, 20)])
    builder.series([("__name__", "down"), ("zone", "ü")])
    let batch = try builder.decoded()
    #expect(batch.wholeRequest == ByteRange(0, builder.bytes.count))
    #expect(batch.labelTexts == [["__name__=up", "job=a"], ["__name__=down", "zone=ü"]])
    #expect(
      batch.items(0) == [
        .sample(value: (1.0).bitPattern, timestamp: 10), .sample(value: (2.0).bitPattern, timestamp: 20),
      ])
    #expect(batch.sampleCount == 3)
    #expect(batch.encodedSeries == builder.body)
  }

  @Test func `labels out of order are sorted`() throws {
    let batch = try WriteRequestBuilder().series([("job", "a"), ("__name__", "up"), ("a", "b")]).decoded()
    #expect(batch.labelTexts == [["__name__=up", "a=b", "job=a"]])
    #expect(batch.wholeRequest == nil)
    #expect(batch.items(0) == [.sample(value: (1.0).bitPattern, timestamp: 1000)])
    #expect(try decode(batch.encodedSeries).labelTexts == batch.labelTexts)
  }

  @Test func `an empty label value is an absent label`() throws {
    let batch = try WriteRequestBuilder().series([("__name__", "up"), ("job", ""), ("zone", "z")]).decoded()
    #expect(batch.labelTexts == [["__name__=up", "zone=z"]])
  }

  @Test(arguments: [
    ([("__name__", "up"), ("job", "a"), ("job", "b")], RefusalReason.duplicateLabelName),
    ([("__name__", "up"), ("", "b")], .emptyLabelName),
    ([("job", "b")], .noMetricName),
    ([("__name__", "")], .noMetricName),
    ([], .noLabels),
  ])
  func `a series that is none is refused alone`(_ labels: [(String, String)], _ reason: RefusalReason) throws {
    let batch = try WriteRequestBuilder().series([("__name__", "good")]).series(labels).series([("__name__", "fine")])
      .decoded()
    #expect(batch.labelTexts == [["__name__=good"], ["__name__=fine"]])
    #expect(batch.refusals.counts == [reason: 1])
    #expect(batch.wholeRequest == nil)
  }

  @Test(arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
  func `a value that is not UTF-8 is refused`(_ value: [UInt8]) throws {
    let builder = WriteRequestBuilder()
    builder.message(0x0A, in: builder.bytes) {
      builder.label("__name__", "up")
      builder.message(0x0A, in: builder.bytes) {
        builder.bytes.append(tag: 0x0A, text: "job")
        value.withUnsafeBytes { builder.bytes.append(tag: 0x12, bytes: $0) }
      }
    }
    #expect(try builder.decoded().refusals.counts == [.invalidUTF8: 1])
  }

  @Test(arguments: [SampleValue.stale, SampleValue.notANumber, 0x7FF0_0000_0000_0001, 0x8000_0000_0000_0000, 0])
  func `a value keeps every bit`(_ bits: UInt64) throws {
    for shuffled in [false, true] {
      let builder = WriteRequestBuilder()
      builder.message(0x0A, in: builder.bytes) {
        if shuffled { builder.sample(bits, 5) }
        builder.label("__name__", "up")
        if !shuffled { builder.sample(bits, 5) }
      }
      let batch = try builder.decoded()
      #expect(batch.items(0) == [.sample(value: bits, timestamp: 5)])
      #expect((batch.wholeRequest == nil) == shuffled)
    }
  }

  @Test(arguments: [Int64.min, -1, 0, 1, .max])
  func `a timestamp may be any int64`(_ timestamp: Int64) throws {
    let batch = try WriteRequestBuilder().series([("__name__", "up")], samples: [(1, timestamp)]).decoded()
    #expect(batch.items(0) == [.sample(value: (1.0).bitPattern, timestamp: timestamp)])
  }

  @Test(arguments: [(0x12, 0x10), (0x1A, 0x18), (0x22, 0x78)] as [(UInt32, UInt8)])
  func `a number of more than 64 bits is no message`(_ field: UInt32, _ number: UInt8) {
    let builder = WriteRequestBuilder()
    builder.message(0x0A, in: builder.bytes) {
      builder.label("__name__", "up")
      builder.sample(0, 1)
      builder.message(field, in: builder.bytes) {
        let overlong = [number] + [UInt8](repeating: 0xFF, count: 9) + [0x02]
        overlong.withUnsafeBytes { builder.bytes.append($0) }
      }
    }
    #expect { try builder.decoded() } throws: { ($0 as? WireError)?.fault == .overlongVarint }
  }

  @Test func `a field that remote-write does not have is left out`() throws {
    let builder = WriteRequestBuilder()
    builder.bytes.append(tag: 0x10, varint: 1)
    builder.message(0x0A, in: builder.bytes) {
      builder.label("__name__", "up")
      builder.message(0x12, in: builder.bytes) {
        builder.bytes.append(tag: 0x09, double: 3)
        builder.bytes.append(tag: 0x18, varint: 7)
        builder.bytes.append(tag: 0x10, varint: 4)
      }
      builder.bytes.append(tag: 101 << 3, varint: 3)
    }
    let batch = try builder.decoded()
    #expect(batch.wholeRequest == nil)
    #expect(batch.items(0) == [.sample(value: (3.0).bitPattern, timestamp: 4)])
    #expect(batch.encodedSeries == WriteRequestBuilder().series([("__name__", "up")], samples: [(3, 4)]).body)
  }

  @Test func `metadata is read`() throws {
    let builder = WriteRequestBuilder()
    builder.message(0x1A, in: builder.bytes) {
      builder.bytes.append(tag: 0x08, varint: 1)
      builder.bytes.append(tag: 0x12, text: "requests_total")
      builder.bytes.append(tag: 0x22, text: "All of them.")
    }
    let batch = try builder.decoded()
    #expect(batch.metadata.count == 1)
    #expect(batch.metadata[0].type == .counter)
    #expect(batch.bytes(batch.metadata[0].family).text == "requests_total")
    let written = Buffer(capacity: 16)
    MetadataEncoder.append(batch.metadata[0], of: batch, to: written)
    #expect(written.contents == builder.body)
  }

  @Test func `series and metadata are counted without being decoded`() throws {
    let builder = WriteRequestBuilder().series([("__name__", "up")]).series([("__name__", "down")])
    builder.message(0x1A, in: builder.bytes) { builder.bytes.append(tag: 0x12, text: "up") }
    builder.bytes.append(tag: 101 << 3, varint: 3)
    let counts = try builder.body.withUnsafeBytes { try RemoteWriteDecoder.count($0) }
    #expect(counts == (2, 1))
    #expect(throws: WireError.self) { try [0x08, 1].withUnsafeBytes { try RemoteWriteDecoder.count($0) } }
  }

  /// A histogram with every field, once canonical and once with an unpacked and an unknown field.
  @Test func `a native histogram passes whole, and unpacked deltas are packed`() throws {
    let builder = WriteRequestBuilder()
    builder.message(0x0A, in: builder.bytes) {
      builder.label("__name__", "h")
      builder.message(0x22, in: builder.bytes) {
        builder.bytes.append(tag: 0x08, varint: 3)
        builder.bytes.append(tag: 0x19, double: 2.5)
        builder.message(0x5A, in: builder.bytes) {
          builder.bytes.append(tag: 0x08, varint: 2)
          builder.bytes.append(tag: 0x10, varint: 2)
        }
        builder.bytes.append(tag: 0x60, varint: 2)
        builder.bytes.append(tag: 0x60, varint: 1)
        builder.bytes.append(tag: 0x78, varint: 99)
      }
    }
    let batch = try builder.decoded()
    #expect(batch.histogramCount == 1)
    #expect(batch.items(0) == [.histogram(count: 3, sum: (2.5).bitPattern, timestamp: 99)])
    let again = try decode(batch.encodedSeries)
    #expect(again.wholeRequest != nil)
    #expect(again.items(0) == batch.items(0))
  }

  @Test func `a body cut off anywhere is an error or a shorter body, never a crash`() throws {
    let builder = WriteRequestBuilder().series([("__name__", "up"), ("job", "a")])
    builder.series([("z", "z"), ("__name__", "x")], samples: [(1, 2), (3, 4)])
    let body = builder.body
    for length in 0..<body.count {
      let batch = try? decode(Array(body[..<length]))
      #expect((batch?.series.count ?? 0) <= 1)
    }
  }

  @Test func `random damage never crashes`() throws {
    var random = SystemRandomNumberGenerator()
    let builder = WriteRequestBuilder()
    for index in 0..<5 { builder.series([("__name__", "m\(index)"), ("job", "a"), ("zone", "b\(index)")]) }
    let body = builder.body
    for _ in 0..<20_000 {
      var damaged = body
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard let batch = try? decode(damaged) else { continue }
      #expect(try decode(batch.encodedSeries).labelTexts == batch.labelTexts)
    }
  }
}
