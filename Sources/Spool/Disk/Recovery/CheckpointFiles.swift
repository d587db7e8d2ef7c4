/// The two files that checkpoints are written to in turn, so that one of them is whole at any time.
///
/// ```
///  0 magic │ 8 length │ 16 checksum │ 64 checkpoint
/// ```
/// They are written in place and keep their size: on a full disk too a checkpoint can be written, which is what lets
/// segments go. One thread.
final class CheckpointFiles {
  private let disk: any Disk
  private let folder: String
  private var next = 0
  private var sizes = [0, 0]

  private static let headerSize = 64
  private static let magic: UInt64 = 0x4654_4E50_4B43_4C53
  private static let smallest = 256 << 10

  init(_ folder: String, disk: any Disk) {
    self.folder = folder
    self.disk = disk
  }

  private func path(_ index: Int) -> String { "\(folder)/checkpoint-\(index)" }

  /// What one of the files holds.
  enum Found: Equatable {
    case checkpoint(Checkpoint)
    case nothing
    case damaged
  }

  /// The newest checkpoint that is whole, and the paths of those that are not. The very first that is not is none: the
  /// process ended as it was written.
  func read() throws(DiskError) -> (newest: Checkpoint?, damaged: [String]) {
    var newest: Checkpoint?
    var damaged: [String] = []
    for index in 0..<2 {
      switch try found(index) {
      case .checkpoint(let found):
        guard found.generation > newest?.generation ?? 0 else { continue }
        newest = found
        next = 1 - index
      case .nothing: break
      case .damaged: damaged.append(path(index))
      }
    }
    let isFirst = newest == nil && damaged.count == 1
    return (newest, isFirst ? [] : damaged)
  }

  private func found(_ index: Int) throws(DiskError) -> Found {
    do throws(DiskError) {
      return try read(index)
    } catch {
      guard error.isDamage else { throw error }
      return .damaged
    }
  }

  private func read(_ index: Int) throws(DiskError) -> Found {
    let names = try disk.names(in: folder)
    guard names.contains("checkpoint-\(index)") else { return .nothing }
    let file = try disk.open(path(index), .read)
    sizes[index] = try file.size()
    let header = try file.bytes(at: 0, count: Self.headerSize)
    // Made, but never written to.
    if header.allSatisfy({ $0 == 0 }) { return .nothing }
    guard header.count == Self.headerSize else { return .damaged }
    let words = header.withUnsafeBytes { bytes in
      (0..<3).map { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
    }
    guard words[0] == Self.magic, words[1] <= UInt64(sizes[index]) else { return .damaged }
    let bytes = try file.bytes(at: Self.headerSize, count: Int(words[1]))
    guard bytes.count == Int(words[1]), UInt64(Checksum.of(bytes)) == words[2],
      let checkpoint = try? Checkpoint(bytes)
    else { return .damaged }
    return .checkpoint(checkpoint)
  }

  /// Makes both files, with room for a checkpoint, unless they are there.
  func prepare() throws(DiskError) {
    for index in 0..<2 where sizes[index] < Self.smallest { try grow(index, to: Self.smallest) }
    try disk.syncFolder(folder)
  }

  /// Writes over the older one, durably.
  func write(_ checkpoint: Checkpoint) throws(DiskError) {
    let bytes = checkpoint.bytes()
    if Self.headerSize + bytes.count > sizes[next] { try grow(next, to: 2 * (Self.headerSize + bytes.count)) }
    var header = [UInt8](repeating: 0, count: Self.headerSize)
    header.withUnsafeMutableBytes { target in
      for (offset, word) in [Self.magic, UInt64(bytes.count), UInt64(Checksum.of(bytes))].enumerated() {
        target.storeBytes(of: word.littleEndian, toByteOffset: offset * 8, as: UInt64.self)
      }
    }
    let file = try disk.open(path(next), .readWrite)
    try file.write(header + bytes, at: 0)
    try file.sync()
    next = 1 - next
  }

  private func grow(_ index: Int, to size: Int) throws(DiskError) {
    try disk.open(path(index), .create).allocate(size)
    sizes[index] = size
  }
}
