import Config
import Foundation
import JSON
import Testing

@testable import Gateway

/// What is kept over the end of the process.
@Suite final class StoreTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)").path

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func revision(_ number: Int) -> Revision {
    Revision(number: number, resources: ManagedResources(), record: JSONObject([("revision", .integer(Int64(number)))]))
  }

  @Test func `the newest revision is the one that holds`() throws {
    let store = RevisionStore(dataDir: folder)
    #expect(try store.newest() == nil)
    for number in 1...3 { try store.write(revision(number)) }
    #expect(try store.newest()?.number == 3)
    #expect(store.numbers == [1, 2, 3])
    #expect(try store.read(2)?.number == 2)
    #expect(try store.read(9) == nil)
  }

  @Test func `old revisions go`() throws {
    let store = RevisionStore(dataDir: folder)
    for number in 1...(RevisionStore.most + 5) { try store.write(revision(number)) }
    #expect(store.numbers.count == RevisionStore.most)
    #expect(store.numbers.first == 6)
  }

  @Test func `a file that was not finished is no revision, and a damaged one is told`() throws {
    let store = RevisionStore(dataDir: folder)
    try store.write(revision(1))
    let place = folder + "/admin/revisions/"
    try Data("{".utf8).write(to: URL(filePath: place + "2.json.unfinished"))
    #expect(try store.newest()?.number == 1)
    try Data("{".utf8).write(to: URL(filePath: place + "2.json"))
    #expect(throws: GatewayError.self) { try store.newest() }
  }

  @Test func `only the owner can read what is kept`() throws {
    try RevisionStore(dataDir: folder).write(revision(1))
    let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/admin/revisions/1.json")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func `the trail has the newest first, and leaves out a line that was cut short`() throws {
    let trail = AuditTrail(dataDir: folder)
    for number in 1...3 { try trail.append(JSONObject([("n", .integer(Int64(number)))])) }
    #expect(try trail.records().compactMap { $0["n"]?.integer } == [3, 2, 1])
    let file = try #require(FileHandle(forWritingAtPath: folder + "/admin/audit.jsonl"))
    try file.seekToEnd()
    try file.write(contentsOf: Data("{\"n\":".utf8))
    #expect(try trail.records().count == 3)
  }

  @Test func `the trail has an end`() throws {
    let trail = AuditTrail(dataDir: folder)
    let large = JSONValue.string(String(repeating: "x", count: 1 << 20))
    for number in 0..<20 { try trail.append(JSONObject([("n", .integer(Int64(number))), ("x", large)])) }
    let records = try trail.records().compactMap { $0["n"]?.integer }
    #expect(records.first == 19)
    #expect(records.count < 16)
    #expect(records.count >= 7)
  }
}
