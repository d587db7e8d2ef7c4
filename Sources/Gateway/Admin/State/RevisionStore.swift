internal import JSON

/// The revisions on disk: a file each, the newest of which holds. One thread at a time.
///
/// A revision is there with the rename of its file and not before, so a process that dies leaves the old state or the
/// new one.
struct RevisionStore: Sendable {
  /// Older ones are removed.
  static let most = 200

  private let folder: String

  init(dataDir: String) { folder = dataDir + "/admin/revisions" }

  /// The revision in force.
  /// - Returns: nil when there is none.
  /// - Throws: when there is one that cannot be read: to go on without it would be to go by other rules.
  func newest() throws(GatewayError) -> Revision? {
    guard let number = numbers.last else { return nil }
    do throws(DurableFile.Fault) {
      if let revision = try read(number) { return revision }
    } catch {
      throw GatewayError("\(error)")
    }
    throw GatewayError("\(path(number)) is damaged: move it away to go on with the revision before it")
  }

  /// nil when there is no such revision, or no more.
  func read(_ number: Int) throws(DurableFile.Fault) -> Revision? {
    guard let bytes = try DurableFile.read(path(number)) else { return nil }
    return (try? JSONValue(parsing: bytes, limits: JSONLimits(size: .max, depth: 100))).flatMap(Revision.init)
  }

  /// Keeps the revision, which is the newest from here on.
  func write(_ revision: Revision) throws(DurableFile.Fault) {
    try DurableFile.makeFolder(folder)
    try DurableFile.write(revision.json.bytes(), to: path(revision.number))
    for number in numbers.dropLast(Self.most) { DurableFile.remove(path(number)) }
  }

  /// Takes back the newest revision.
  func remove(_ number: Int) { DurableFile.remove(path(number)) }

  /// Those that can be read, ascending.
  var numbers: [Int] {
    DurableFile.names(in: folder)
      .compactMap { $0.hasSuffix(".json") ? Int($0.dropLast(5)) : nil }
      .sorted()
  }

  private func path(_ number: Int) -> String { "\(folder)/\(number).json" }
}
