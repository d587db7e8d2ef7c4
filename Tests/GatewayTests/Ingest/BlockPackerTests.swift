import Memory
import Spool
import Testing

@testable import Gateway

/// What small requests bring is compressed together.
@Suite struct BlockPackerTests {
  private let packer = BlockPacker(pool: BufferPool(capacity: 128 << 10, mostIdle: 1, largestKept: 1 << 20))

  private func loose(_ request: WriteRequest) -> Payload? {
    request.encoded.withUnsafeBytes { packer.loose($0, Contents(series: request.series.count, samples: 1)) }
  }

  @Test func `contents that are packed together read as one request`() throws {
    let requests = [
      WriteRequest([.init("a", ["job": "x"])]), WriteRequest([.init("b")], metadata: [.init(family: "b", help: "B.")]),
      WriteRequest([.init("a", ["job": "x"], value: 2, time: 2000)]),
    ]
    let parts = requests.compactMap { loose($0) }
    #expect(parts.count == 3)
    #expect(parts.allSatisfy { $0.isLoose })
    let packed = packer.pack(parts)
    #expect(!packed.isLoose)
    #expect(packed.contents == Contents(series: 3, samples: 3))
    #expect(packed.rawBytes == requests.reduce(0) { $0 + $1.encoded.count })
    #expect(try WriteRequest(packed).series == requests.flatMap(\.series))
    #expect(try WriteRequest(packed).metadata == requests[1].metadata)
    #expect(try WriteRequest(packer.pack([parts[0]])) == requests[0])
  }

  @Test func `what is large is not left loose`() {
    #expect(loose(WriteRequest((0..<500).map { .init("requests_total", ["instance": "host-\($0)"]) })) == nil)
  }

  @Test func `whoever waits for the delivery of a block has one of its own`() throws {
    let bench = try IngestBench(
      """
      backends: {a: {type: debug}}
      routes: [{name: all, send: [a], ack: delivered}]

      """)
    bench.spool.settle { _ in .delivered }
    _ = try bench.write(WriteRequest([.init("up")]))
    #expect(bench.spool.wasLoose == [false])
  }

  @Test func `small requests of other routes are loose`() throws {
    let bench = try IngestBench(
      """
      backends: {a: {type: debug}, b: {type: debug}}
      routes: [{name: all, send: [a, b]}]

      """)
    _ = try bench.write(WriteRequest([.init("up")]))
    #expect(bench.spool.wasLoose == [true, true])
  }
}
