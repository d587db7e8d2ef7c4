internal import Config
internal import JSON

/// The revisions on disk, a file each, the newest of which holds. One thread at a time.
///
/// `17.json` is a revision as a whole, `18.change.json` the resources in which it differs from the one before it: so a
/// change of a few routes among very many is a small file. A revision is there with the rename of its file and not before,
/// so a process that dies leaves the old state or the new one.
struct RevisionStore: Sendable {
  /// That can be gone back to. Older ones are removed, as far as no other builds on them.
  static let most = 200
  /// That build on one another before one is written as a whole again.
  static let mostChanges = 1000

  private let folder: String

  init(dataDir: String) { folder = dataDir + "/admin/revisions" }

  /// The revision in force.
  /// - Returns: nil when there is none.
  /// - Throws: when there is one that cannot be read: to go on without it would be to go by other rules.
  func newest() throws(GatewayError) -> Revision? {
    guard let number = files.numbers.last else { return nil }
    do throws(DurableFile.Fault) { return try read(number) } catch { throw GatewayError("\(error)") }
  }

  /// nil when there is no such revision, or no more.
  /// - Throws: also when it, or one that it builds on, is damaged.
  func read(_ number: Int) throws(DurableFile.Fault) -> Revision? {
    let files = files
    guard files.numbers.contains(number) else { return nil }
    let base = files.base(of: number)
    var revision = Revision(number: 0, resources: ManagedResources(), record: JSONObject())
    if base > 0 { revision = try content(of: path(base), Revision.init) }
    guard base < number else { return revision }
    for number in (base + 1)...number {
      let change = try content(of: changePath(number), RevisionChange.init)
      revision.resources.setEntries(change.entries)
      (revision.number, revision.record) = (change.number, change.record)
    }
    return revision
  }

  /// How a revision came about; nil when it is not there, or damaged.
  func record(_ number: Int) -> JSONObject? {
    for path in [changePath(number), path(number)] {
      if let json = try? content(of: path, { $0 }), let record = json["record"]?.object { return record }
    }
    return nil
  }

  /// Keeps the revision, which is the newest from here on.
  func write(_ revision: Revision) throws(DurableFile.Fault) {
    try DurableFile.makeFolder(folder)
    let isBehind = revision.number == (files.numbers.last ?? 0) + 1
    if let change = revision.change, isBehind {
      try DurableFile.write(change.json.bytes(), to: changePath(revision.number))
    } else {
      try DurableFile.write(revision.json.bytes(), to: path(revision.number))
    }
    removeOld()
  }

  /// Writes the newest revision as a whole where too many build on one another. It is kept already: if this fails, the next
  /// one does it.
  func compact(_ newest: Revision) {
    guard newest.number - files.base(of: newest.number) > Self.mostChanges else { return }
    try? DurableFile.write(newest.json.bytes(), to: path(newest.number))
    removeOld()
  }

  /// Those that can be gone back to, ascending.
  var numbers: [Int] { files.numbers.suffix(Self.most) }

  private func removeOld() {
    let files = files
    guard let oldest = files.numbers.suffix(Self.most).first else { return }
    let base = files.base(of: oldest)
    for number in files.numbers.prefix(while: { $0 < base }) {
      DurableFile.remove(path(number))
      DurableFile.remove(changePath(number))
    }
  }

  /// - Throws: when the file is not there, or is not what `read` takes.
  private func content<Content>(
    of path: String, _ read: (JSONValue) -> Content?
  ) throws(DurableFile.Fault) -> Content {
    let json = try DurableFile.read(path).flatMap { bytes in
      try? JSONValue(parsing: bytes, limits: JSONLimits(size: .max, depth: 100))
    }
    if let content = json.flatMap(read) { return content }
    throw DurableFile.Fault(path, "it is damaged: move it away to go on with the revision before it")
  }

  private func path(_ number: Int) -> String { "\(folder)/\(number).json" }
  private func changePath(_ number: Int) -> String { "\(folder)/\(number).change.json" }

  /// What the folder holds.
  private struct Files {
    /// Ascending.
    var numbers: [Int]
    var wholes: Set<Int>

    /// The revision that is there as a whole and that `number` builds on; 0: the file alone.
    func base(of number: Int) -> Int {
      var base = number
      while base > 0, !wholes.contains(base) { base -= 1 }
      return base
    }
  }

  private var files: Files {
    let names = DurableFile.names(in: folder).filter { $0.hasSuffix(".json") }
    let changes = names.compactMap { $0.hasSuffix(".change.json") ? Int($0.dropLast(12)) : nil }
    let wholes = Set(names.compactMap { Int($0.dropLast(5)) })
    return Files(numbers: wholes.union(changes).sorted(), wholes: wholes)
  }
}
