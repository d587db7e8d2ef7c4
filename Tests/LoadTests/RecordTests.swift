import JSON
import Testing

@testable import Load

@Suite struct Records {
  @Test(arguments: LoadProtocol.allCases)
  func `a record reads back as it was written`(_ wire: LoadProtocol) throws {
    let record = LoadRecord(
      wire: wire, run: "abc", start: 1_800_000_000_123, interval: 250,
      batches: wire.batches(.test()).map {
        RecordedBatch(
          tenant: $0.tenant, delivery: BatchDelivery(ticks: 9, unconfirmed: [2..<4]), series: $0.series)
      })
    #expect(try LoadRecord(JSONValue(parsing: record.json.text())) == record)
  }

  @Test(arguments: ["format", "protocol", "run", "start_ms", "interval_ms", "batches"])
  func `a record without a member is refused, naming it`(_ member: String) throws {
    var object = try #require(LoadRecord.test().json.object)
    object[member] = nil
    do throws(LoadError) {
      _ = try LoadRecord(.object(object))
      Issue.record("was taken")
    } catch {
      #expect(error.description.contains(member))
    }
  }

  @Test(arguments: ["[[0]]", "[[2,1]]", "[[0,4]]", "[[-1,1]]", "[7]"])
  func `a range of ticks that cannot be is refused`(_ ranges: String) throws {
    var record = try #require(LoadRecord.test().json.object)
    var batch = try #require(record["batches"]?[0]?.object)
    batch["unconfirmed"] = try JSONValue(parsing: ranges)
    record["batches"] = [.object(batch)]
    #expect(throws: LoadError.self) { try LoadRecord(.object(record)) }
  }

  @Test(
    arguments: [
      ("start_ms", -1), ("start_ms", .max), ("interval_ms", 0), ("interval_ms", .max),
    ] as [(String, Int64)])
  func `a time beyond all measure is refused`(_ member: String, _ value: Int64) throws {
    var record = try #require(LoadRecord.test().json.object)
    record[member] = .integer(value)
    #expect(throws: LoadError.self) { try LoadRecord(.object(record)) }
  }

  @Test func `more ticks than time has room for are refused`() throws {
    var record = try #require(LoadRecord.test().json.object)
    var batch = try #require(record["batches"]?[0]?.object)
    batch["ticks"] = .integer(.max)
    record["batches"] = [.object(batch)]
    #expect(throws: LoadError.self) { try LoadRecord(.object(record)) }
  }
}
