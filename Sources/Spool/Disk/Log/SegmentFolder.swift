/// The folder of the segments: names, spare files, and how a segment begins and ends.
///
/// A segment that is not needed any more is kept as a spare, up to a few: to write over a file is faster than to fill a
/// new one. One thread.
final class SegmentFolder {
  let path: String
  private let disk: any Disk
  private let standardSize: Int
  private(set) var spares: [String] = []

  /// Spares that are kept.
  private static let mostSpares = 3
  private static let segmentEnding = ".segment"
  private static let spareEnding = ".spare"

  init(_ path: String, disk: any Disk, standardSize: Int) {
    self.path = path
    self.disk = disk
    self.standardSize = standardSize
  }

  func path(of number: UInt64) -> String { "\(path)/\(Self.digits(number))\(Self.segmentEnding)" }

  static func digits(_ number: UInt64) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 20 - text.count)) + text
  }

  /// The numbers of all segments there are, in order. Takes stock of the spares as well.
  func list() throws(DiskError) -> [UInt64] {
    let names = try disk.names(in: path)
    spares = names.filter { $0.hasSuffix(Self.spareEnding) }.sorted().map { "\(path)/\($0)" }
    return names.filter { $0.hasSuffix(Self.segmentEnding) }
      .compactMap { UInt64($0.dropLast(Self.segmentEnding.count)) }.sorted()
  }

  /// Begins a segment with room for at least `minimum` bytes of records.
  func begin(
    _ header: SegmentHeader, minimum: Int
  ) throws(DiskError) -> (file: any DiskFile, size: Int) {
    let target = path(of: header.number)
    let size = max(standardSize, RecordHeader.aligned(SegmentHeader.size + minimum))
    if size == standardSize, let spare = spares.popLast() {
      try disk.rename(spare, to: target)
    } else {
      do throws(DiskError) {
        try disk.open(target, .create).allocate(size)
      } catch {
        try? disk.remove(target)
        throw error
      }
    }
    let file = try disk.open(target, .readWrite)
    try file.write(header.bytes(), at: 0)
    try disk.syncFolder(path)
    return (file, try file.size())
  }

  /// The segment is not needed any more.
  func end(_ number: UInt64, size: Int) throws(DiskError) {
    guard size == standardSize, spares.count < Self.mostSpares else { return try disk.remove(path(of: number)) }
    let spare = "\(path)/\(Self.digits(number))\(Self.spareEnding)"
    try disk.rename(path(of: number), to: spare)
    spares.append(spare)
  }

  /// Gives the room of the spares back.
  func giveUpSpares() {
    while let spare = spares.popLast() { try? disk.remove(spare) }
  }
}
