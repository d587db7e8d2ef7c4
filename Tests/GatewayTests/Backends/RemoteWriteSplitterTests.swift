import Memory
import Outbound
import Spool
import Testing
import Wire

@testable import Gateway

@Suite struct RemoteWriteSplitterTests {
  private let splitter = RemoteWriteSplitter()
  private let request = WriteRequest(
    (0..<5).map { .init("m\($0)", ["job": "x"], value: Double($0)) }, metadata: [.init(family: "m0", help: "Help.")])

  private func payload(_ content: [UInt8]) -> Payload {
    let buffer = Buffer(capacity: 64)
    content.withUnsafeBytes { Snappy.compress($0, into: buffer) }
    let range = Snappy.elementsOffset(in: buffer.bytes)..<buffer.count
    return Payload(buffer: buffer, range: range, rawBytes: content.count, contents: Contents(), pool: nil)
  }

  @Test func `each series and each piece of metadata is an item, and together they cover the block`() throws {
    let boundaries = try #require(splitter.boundaries(of: payload(request.encoded)))
    #expect(boundaries.count == 7)
    #expect(boundaries.first == 0)
    #expect(boundaries.last == request.encoded.count)
    #expect(boundaries == boundaries.sorted())
  }

  @Test func `any neighbours are a block by themselves, with their own counts`() throws {
    let whole = payload(request.encoded)
    let boundaries = try #require(splitter.boundaries(of: whole))
    for first in 0..<6 {
      for end in (first + 1)...6 {
        let part = try #require(splitter.cut(whole, [boundaries[first]..<boundaries[end]])?.first)
        let series = first..<min(end, 5)
        let found = try WriteRequest(part)
        #expect(found.series == (first < 5 ? Array(request.series[series]) : []))
        #expect(found.metadata.count == (end == 6 ? 1 : 0))
        let count = first < 5 ? series.count : 0
        #expect(part.contents == Contents(series: count, samples: count, metadata: end == 6 ? 1 : 0))
      }
    }
  }

  @Test func `several are cut at once`() throws {
    let whole = payload(request.encoded)
    let boundaries = try #require(splitter.boundaries(of: whole))
    let parts = try #require(splitter.cut(whole, (0..<5).map { boundaries[$0]..<boundaries[$0 + 1] }))
    #expect(try parts.map { try WriteRequest($0).series } == request.series.map { [$0] })
  }

  @Test func `what cannot be read is not taken apart`() {
    let buffer = Buffer(capacity: 8)
    for byte in [0xFF, 0xFF, 0xFF] as [UInt8] { buffer.append(byte) }
    let broken = Payload(buffer: buffer, range: 0..<3, rawBytes: 100, contents: Contents(), pool: nil)
    #expect(splitter.boundaries(of: broken) == nil)
    #expect(splitter.cut(broken, [0..<3]) == nil)
    #expect(splitter.boundaries(of: payload([0x0A, 0x7F, 0x01])) == nil)
    #expect(splitter.cut(payload(request.encoded), [0..<100_000]) == nil)
  }
}
