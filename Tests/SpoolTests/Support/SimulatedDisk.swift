import Glibc
import Synchronization

@testable import Spool

/// A disk in memory that knows what was synced: it can lose the power, stop in the middle of any call, run full, and be
/// damaged.
// @unchecked: `state`, and the nodes in it, are touched only with `lock` held.
final class SimulatedDisk: Disk, @unchecked Sendable {
  /// What a file holds.
  fileprivate final class Node {
    var bytes: [UInt8] = []
    /// As of the last sync.
    var durable: [UInt8] = []
    /// Since then, in order.
    var writes: [(offset: Int, bytes: [UInt8])] = []
    var isLocked = false
  }

  fileprivate struct State {
    var folders: Set<String> = []
    var files: [String: Node] = [:]
    /// The names as of the last sync of their folder.
    var durableFiles: [String: Node] = [:]
    /// Calls that change something, so far.
    var calls = 0
    /// From this call on nothing works any more; it itself may be done in part.
    var stopsAt = Int.max
    var capacity = Int.max
    /// Files opened so far, and those that are still open.
    var opened = 0
    var openFiles = 0
    var bytesRead = 0
    /// Calls that fail, by name, and with what.
    var failures: [String: Int32] = [:]
    /// How often these still do; for ever where nothing is said.
    var failuresLeft: [String: Int] = [:]
    /// Called, without the lock, before a sync of this path returns.
    var syncHook: (@Sendable (_ path: String) -> Void)?

    /// The code with which the call fails, if it does.
    mutating func failure(of call: String) -> Int32? {
      guard let code = failures[call] else { return nil }
      if let left = failuresLeft[call] {
        failuresLeft[call] = left > 1 ? left - 1 : nil
        if left <= 1 { failures[call] = nil }
      }
      return code
    }
  }

  private var state = State()
  private let lock = Mutex(())

  init() {}

  private init(_ files: [String: [UInt8]], _ folders: Set<String>) {
    look { state in
      state.folders = folders
      for (path, bytes) in files {
        let node = Node()
        node.bytes = bytes
        node.durable = bytes
        state.files[path] = node
        state.durableFiles[path] = node
      }
    }
  }

  fileprivate func with<Result>(_ body: (inout State) throws -> Result) throws -> Result {
    var result: Swift.Result<Result, any Error>?
    lock.withLock { _ in result = Swift.Result { try body(&state) } }
    guard let result else { fatalError("the body has run") }
    return try result.get()
  }

  fileprivate func look<Result>(_ body: (inout State) -> Result) -> Result {
    lock.withLock { _ in
      // What leaves the lock is a value.
      nonisolated(unsafe) let result = body(&state)
      return result
    }
  }

  var calls: Int { look { $0.calls } }
  var opened: Int { look { $0.opened } }
  var openFiles: Int { look { $0.openFiles } }
  var bytesRead: Int { look { $0.bytesRead } }
  func stop(at call: Int) { look { $0.stopsAt = call } }
  func limit(to bytes: Int) { look { $0.capacity = bytes } }
  /// Has calls of this name fail from now on, or `pread` of one path; nil ends that.
  func fail(_ call: String, _ code: Int32?, times: Int? = nil) {
    look { state in
      state.failures[call] = code
      state.failuresLeft[call] = times
    }
  }
  /// Has `run` called in the middle of each sync of a file.
  func onSync(_ run: @escaping @Sendable (_ path: String) -> Void) { look { $0.syncHook = run } }
  var used: Int { look { state in state.files.values.reduce(0) { $0 + $1.bytes.count } } }
  var contents: [String: [UInt8]] { look { $0.files.mapValues(\.bytes) } }

  /// The disk as the next process finds it when this one was killed.
  func afterKill() -> SimulatedDisk { look { SimulatedDisk($0.files.mapValues(\.bytes), $0.folders) } }

  /// The disk as it is found after the loss of power: of what was not synced, any part may be there, down to sectors.
  func afterPowerCut(using random: inout some RandomNumberGenerator) -> SimulatedDisk {
    look { state in
      var files: [String: [UInt8]] = [:]
      let names = Bool.random(using: &random) ? state.durableFiles : state.files
      for (path, node) in names {
        var bytes = node.durable
        for write in node.writes { Self.tear(write, into: &bytes, using: &random) }
        files[path] = bytes
      }
      return SimulatedDisk(files, state.folders)
    }
  }

  private static func tear(
    _ write: (offset: Int, bytes: [UInt8]), into bytes: inout [UInt8], using random: inout some RandomNumberGenerator
  ) {
    let fate = Int.random(in: 0..<4, using: &random)
    guard fate > 0 else { return }
    var done = 0
    while done < write.bytes.count {
      let start = write.offset + done
      let count = min(write.bytes.count - done, 512 - start % 512)
      if fate == 1 || Bool.random(using: &random) {
        if bytes.count < start + count { bytes += [UInt8](repeating: 0, count: start + count - bytes.count) }
        bytes.replaceSubrange(start..<(start + count), with: write.bytes[done..<(done + count)])
      }
      done += count
    }
  }

  /// A copy in which something is changed behind everybody's back.
  func damaged(_ path: String, _ change: (inout [UInt8]) -> Void) -> SimulatedDisk {
    var files = contents
    change(&files[path, default: []])
    return SimulatedDisk(files, look { $0.folders })
  }

  func without(_ path: String) -> SimulatedDisk {
    var files = contents
    files[path] = nil
    return SimulatedDisk(files, look { $0.folders })
  }

  /// - Returns: whether this call is the last one, to be done in part.
  fileprivate func begin(_ call: String, _ path: String, _ state: inout State) throws(DiskError) -> Bool {
    if let code = state.failure(of: call) { throw DiskError(call: call, path: path, code: code) }
    state.calls += 1
    guard state.calls < state.stopsAt else {
      if state.calls == state.stopsAt { return true }
      throw DiskError(call: call, path: path, code: EIO)
    }
    return false
  }

  private func change(_ call: String, _ path: String, _ body: (inout State) throws -> Void) throws(DiskError) {
    do {
      try with { state in
        guard try !begin(call, path, &state) else { throw DiskError(call: call, path: path, code: EIO) }
        try body(&state)
      }
    } catch let error as DiskError {
      throw error
    } catch {
      fatalError("\(error)")
    }
  }

  func createFolder(_ path: String) throws(DiskError) {
    try change("mkdir", path) { $0.folders.insert(path) }
  }

  func names(in folder: String) throws(DiskError) -> [String] {
    look { state in
      state.files.keys.filter { $0.hasPrefix(folder + "/") }.map { String($0.dropFirst(folder.count + 1)) }
        .filter { !$0.contains("/") }
    }
  }

  func syncFolder(_ path: String) throws(DiskError) {
    try change("fsync", path) { state in
      let isIn = { (name: String) in name.hasPrefix(path + "/") && !name.dropFirst(path.count + 1).contains("/") }
      for name in state.durableFiles.keys where isIn(name) && state.files[name] == nil {
        state.durableFiles[name] = nil
      }
      for (name, node) in state.files where isIn(name) { state.durableFiles[name] = node }
    }
  }

  func open(_ path: String, _ mode: OpenMode) throws(DiskError) -> any DiskFile {
    do {
      return try with { state in
        if let code = state.failures["open"] { throw DiskError(call: "open", path: path, code: code) }
        guard state.calls < state.stopsAt else { throw DiskError(call: "open", path: path, code: EIO) }
        state.opened += 1
        guard mode == .create || state.files[path] != nil else {
          throw DiskError(call: "open", path: path, code: ENOENT)
        }
        state.openFiles += 1
        let node = state.files[path] ?? Node()
        state.files[path] = node
        return SimulatedFile(self, node, path)
      }
    } catch let error as DiskError {
      throw error
    } catch {
      fatalError("\(error)")
    }
  }

  func rename(_ from: String, to: String) throws(DiskError) {
    try change("rename", from) { state in
      guard let node = state.files.removeValue(forKey: from) else {
        throw DiskError(call: "rename", path: from, code: ENOENT)
      }
      state.files[to] = node
    }
  }

  func remove(_ path: String) throws(DiskError) { try change("unlink", path) { $0.files[path] = nil } }
}

/// A file of a `SimulatedDisk`.
// @unchecked: the node is used under the disk's lock.
private final class SimulatedFile: DiskFile, @unchecked Sendable {
  let path: String
  private let disk: SimulatedDisk
  private let node: SimulatedDisk.Node
  private var holdsLock = false

  init(_ disk: SimulatedDisk, _ node: SimulatedDisk.Node, _ path: String) {
    self.disk = disk
    self.node = node
    self.path = path
  }

  deinit {
    disk.look { state in
      state.openFiles -= 1
      if holdsLock { node.isLocked = false }
    }
  }

  func size() throws(DiskError) -> Int { disk.look { _ in node.bytes.count } }

  func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int) throws(DiskError) {
    let bytes = pieces.flatMap { Array($0) }
    try change("pwritev") { state, isLast in
      // A sector is written whole or not at all.
      let half = max(0, (offset + bytes.count / 2) / 512 * 512 - offset)
      let written = isLast ? Array(bytes.prefix(half)) : bytes
      let end = offset + written.count
      if end > node.bytes.count {
        let used = state.files.values.reduce(0) { $0 + $1.bytes.count }
        guard used + end - node.bytes.count <= state.capacity else {
          throw DiskError(call: "pwritev", path: path, code: ENOSPC)
        }
        node.bytes += [UInt8](repeating: 0, count: end - node.bytes.count)
      }
      node.bytes.replaceSubrange(offset..<end, with: written)
      node.writes.append((offset, written))
    }
  }

  func readOnce(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(DiskError) -> Int {
    try change("pread", counts: false) { _, _ in }
    return disk.look { state in
      let end = min(node.bytes.count, offset + buffer.count)
      guard offset < end else { return 0 }
      state.bytesRead += end - offset
      buffer.copyBytes(from: node.bytes[offset..<end])
      return end - offset
    }
  }

  func sync() throws(DiskError) {
    try change("fdatasync") { _, isLast in
      guard !isLast else { return }
      node.durable = node.bytes
      node.writes.removeAll()
    }
    disk.look { $0.syncHook }?(path)
  }

  func allocate(_ size: Int) throws(DiskError) {
    try change("posix_fallocate") { state, _ in
      guard size > node.bytes.count else { return }
      let used = state.files.values.reduce(0) { $0 + $1.bytes.count }
      guard used + size - node.bytes.count <= state.capacity else {
        throw DiskError(call: "posix_fallocate", path: path, code: ENOSPC)
      }
      node.bytes += [UInt8](repeating: 0, count: size - node.bytes.count)
    }
  }

  func truncate(_ size: Int) throws(DiskError) {
    try change("ftruncate") { _, _ in node.bytes.removeSubrange(min(size, node.bytes.count)...) }
  }

  func punchHole(_ range: Range<Int>) {
    try? change("fallocate") { _, _ in
      let range = range.clamped(to: 0..<node.bytes.count)
      let zeros = [UInt8](repeating: 0, count: range.count)
      node.bytes.replaceSubrange(range, with: zeros)
      node.writes.append((range.lowerBound, zeros))
    }
  }

  /// To this disk a page of zeros is a hole.
  func data(from offset: Int) -> Int? {
    disk.look { _ in
      var page = offset / 4096 * 4096
      while page < node.bytes.count {
        let bytes = node.bytes[page..<min(page + 4096, node.bytes.count)]
        if bytes.contains(where: { $0 != 0 }) { return max(page, offset) }
        page += 4096
      }
      return nil
    }
  }

  func prefetch(_ range: Range<Int>) {}

  func lock() throws(DiskError) -> Bool {
    disk.look { _ in
      guard !node.isLocked else { return false }
      node.isLocked = true
      holdsLock = true
      return true
    }
  }

  private func change(
    _ call: String, counts: Bool = true, _ body: (inout SimulatedDisk.State, Bool) throws -> Void
  ) throws(DiskError) {
    do {
      try disk.with { state in
        var isLast = false
        if counts {
          isLast = try disk.begin(call, path, &state)
        } else if let code = state.failure(of: call) ?? state.failure(of: "\(call) \(path)") {
          throw DiskError(call: call, path: path, code: code)
        } else if state.calls >= state.stopsAt {
          throw DiskError(call: call, path: path, code: EIO)
        }
        try body(&state, isLast)
        if isLast { throw DiskError(call: call, path: path, code: EIO) }
      }
    } catch let error as DiskError {
      throw error
    } catch {
      fatalError("\(error)")
    }
  }
}
