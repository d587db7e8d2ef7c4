import Memory
import Outbound
import Spool
import TestSupport
import Testing

@testable import Gateway

/// Requests that want more memory than there is.
@Suite struct MemoryLimitTests {
  private static let passing = """
    backends: {a: {type: debug}}
    routes: [{name: all, send: [a]}]

    """

  /// A body of 12 MiB once decoded, in one series: more than a worker has of its own.
  private static let large: [UInt8] = {
    let small = ProtobufMessage().message(1, ProtobufMessage().text(1, "__name__").text(2, "up")).bytes
    let long = [0x12] + varint(12 << 20) + [UInt8](repeating: 0x78, count: 12 << 20)
    let label = [0x0A, 0x04, 0x6C, 0x6F, 0x6E, 0x67] + long
    let sample: [UInt8] = [0x12, 0x02, 0x10, 0x01]
    let series = small + [0x0A] + varint(label.count) + label + sample
    return snappy([0x0A] + varint(series.count) + series)
  }()

  private static func varint(_ value: Int) -> [UInt8] {
    ProtobufMessage.varint(UInt64(value))
  }

  private func write(_ bench: IngestBench, _ body: [UInt8] = large) throws -> HTTPResponse {
    try bench.post("/api/v1/push", body)
  }

  @Test func `a request that could not fit even alone is 413`() throws {
    let bench = try IngestBench(Self.passing, memoryLimit: 2 << 20)
    let standing = RequestMemory.standing(bench.services.memory, workers: bench.services.workers)
    let response = try write(bench)
    #expect(response.status == 413)
    #expect(response.text == "the request needs more memory than memory_limit allows\n")
    #expect(bench.spool.entries.isEmpty)
    eventually("all but the connection and the worker's own is given back") {
      bench.services.memory.used - standing < 64 << 10
    }
  }

  @Test func `a request that does not fit now is 503, and is taken when there is room again`() throws {
    let bench = try IngestBench(Self.passing, memoryLimit: 40 << 20)
    #expect(try bench.write(WriteRequest([.init("up")])).status == 204)
    bench.services.memory.add(20 << 20)
    let response = try write(bench)
    #expect(response.status == 503)
    #expect(response.text == "too much memory is in use\n")
    #expect(response.header("Retry-After") == "5")
    bench.services.memory.release(20 << 20)
    #expect(try write(bench).status == 204)
  }

  @Test func `a body for which connections and other bodies leave no room is 503`() throws {
    let bench = try IngestBench(Self.passing, memoryLimit: 30 << 20)
    #expect(try bench.write(WriteRequest([.init("up")])).status == 204)
    bench.services.memory.add(23 << 20)
    #expect(try write(bench).status == 503)
  }

  @Test func `what a large request took is given back when it is over`() throws {
    let bench = try IngestBench(Self.passing, memoryLimit: 64 << 20)
    let standing = RequestMemory.standing(bench.services.memory, workers: bench.services.workers)
    #expect(try write(bench).status == 204)
    #expect(bench.services.memory.peak >= 4 << 20)
    // The block is still held by the spool: no more than it is counted.
    let held = bench.spool.entries.reduce(0) { $0 + $1.payload.buffer.capacity }
    eventually("all but the block, the connection and the worker's own is given back") {
      bench.services.memory.used - held - standing < 64 << 10
    }
  }

  @Test func `series that take more room than four times their body are decoded all the same`() throws {
    let bench = try IngestBench(Self.passing, memoryLimit: 256 << 20)
    // Each series repeats the name that its resource says once: 500 points make 10 MB of a body of 50 KB.
    let points = (0..<500).map { ExportRequest.Gauge(name: "m\($0)") }
    let name = String(repeating: "y", count: 20_000)
    let response = try bench.export(ExportRequest(points, resource: ["service.name": name]))
    #expect(response.status == 200)
    #expect(bench.spool.entries.reduce(0) { $0 + $1.payload.contents.samples } >= 500)
  }
}
