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

  /// A revision that sets the route `r` to its own number.
  private func change(_ number: Int, after before: Revision?) throws -> Revision {
    let file = try ConfigurationLoader.document(
      text: "backends: {a: {type: debug}}\nroutes: [{name: one, send: [a]}]", name: "t.yaml", environment: [:])
    var resources = before?.resources ?? ManagedResources()
    let spec: JSONValue? = number.isMultiple(of: 7) ? nil : ["name": "r", "priority": .integer(Int64(number))]
    resources.set(.routes, "r", spec, revision: number, over: file)
    return Revision(
      number: number, resources: resources, record: JSONObject([("n", .integer(Int64(number)))]),
      changed: [ResourceName(.routes, "r")])
  }

  @Test func `a change of one resource is kept as that, and every revision is read as it was written`() throws {
    let store = RevisionStore(dataDir: folder)
    var written: [Revision] = []
    for number in 1...20 {
      written.append(try change(number, after: written.last))
      if number == 9 { written[8].changed = nil }
      try store.write(written[number - 1])
    }
    for revision in written {
      let read = try #require(try store.read(revision.number))
      #expect(read.resources == revision.resources)
      #expect(read.number == revision.number)
      #expect(read.record == revision.record)
      #expect(store.record(revision.number) == revision.record)
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/admin/revisions")
    #expect(files.count { $0.hasSuffix(".change.json") } == 19)
    #expect(files.contains("9.json"))
  }

  @Test func `a change of several resources is kept as that, and one that an earlier version wrote is read`() throws {
    let file = try ConfigurationLoader.document(
      text: "backends: {a: {type: debug}}\nroutes: [{name: one, send: [a]}, {name: two, send: [a]}]", name: "t.yaml",
      environment: [:])
    let store = RevisionStore(dataDir: folder)
    let names = ["r", "s", "one"].map { ResourceName(.routes, $0) } + [ResourceName(.tenants, "t")]
    var resources = ManagedResources()
    for name in names { resources.set(name.kind, name.name, ["x": 1], revision: 1, over: file) }
    try store.write(Revision(number: 1, resources: resources, record: JSONObject(), changed: names))
    #expect(try store.read(1)?.resources == resources)
    var later = resources
    later.remove([names[0], names[2]], revision: 2, over: file)
    later.set(.routes, "u", ["x": 2], revision: 2, over: file)
    let changed = [names[0], names[2], ResourceName(.routes, "u")]
    try store.write(Revision(number: 2, resources: later, record: JSONObject(), changed: changed))
    #expect(try store.newest()?.resources == later)
    #expect(try store.read(1)?.resources == resources)
    let old = #"{"format":1,"revision":3,"record":{},"kind":"routes","name":"s"}"#
    try Data(old.utf8).write(to: URL(filePath: folder + "/admin/revisions/3.change.json"))
    later.remove([names[1]], revision: 3, over: file)
    #expect(try store.newest()?.resources == later)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/admin/revisions")
    #expect(Set(files) == ["1.change.json", "2.change.json", "3.change.json"])
  }

  @Test func `what newer revisions build on stays, and is written as a whole in time`() throws {
    let store = RevisionStore(dataDir: folder)
    var last: Revision?
    for number in 1...(RevisionStore.mostChanges + RevisionStore.most + 1) {
      let next = try change(number, after: last)
      try store.write(next)
      store.compact(next)
      last = next
    }
    #expect(store.numbers.count == RevisionStore.most)
    let oldest = try #require(store.numbers.first)
    for number in [oldest, oldest + 100, oldest + RevisionStore.most - 1] {
      #expect(try store.read(number)?.resources.revision(.routes, "r") == (number.isMultiple(of: 7) ? 0 : number))
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/admin/revisions")
    #expect(files.count <= RevisionStore.most + 2)
  }

  @Test func `a change that is damaged, or whose base is, is told`() throws {
    let store = RevisionStore(dataDir: folder)
    let first = try change(1, after: nil)
    try store.write(first)
    try store.write(try change(2, after: first))
    let place = folder + "/admin/revisions/1.change.json"
    try Data("{}".utf8).write(to: URL(filePath: place))
    #expect(throws: GatewayError.self) { try store.newest() }
    try FileManager.default.removeItem(atPath: place)
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
