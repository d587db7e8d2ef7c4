internal import Memory

/// Where a dead letter lies.
struct LetterPlace: Equatable {
  var file: UInt64
  var offset: Int
}

/// The files that dead letters are kept in: logs like those of the blocks, but of their own, since letters stay for days.
/// A file goes when all its letters have. One thread, but for `read`.
final class DeadLetterFiles {
  private let disk: any Disk
  private let folder: String
  private var current: (number: UInt64, id: UInt64, file: any DiskFile, offset: Int)?
  /// Letters in each file that are not gone.
  private var live: [UInt64: Int] = [:]
  private var lastNumber: UInt64 = 0
  private var isSynced = true

  private static let largest = 16 << 20
  private static let ending = ".letters"

  init(_ folder: String, disk: any Disk) {
    self.folder = folder
    self.disk = disk
  }

  static func path(_ number: UInt64, in folder: String) -> String {
    "\(folder)/\(SegmentFolder.digits(number))\(ending)"
  }

  /// Reads what there is.
  /// - Parameter damaged: hears what of a file could not be read.
  func open(
    _ found: (DeadLetter, Int, LetterPlace) -> Void, damaged: (any DiskFile, [Range<Int>]) -> Void
  ) throws(DiskError) {
    try disk.createFolder(folder)
    let numbers = try disk.names(in: folder).filter { $0.hasSuffix(Self.ending) }
      .compactMap { UInt64($0.dropLast(Self.ending.count)) }.sorted()
    for number in numbers {
      lastNumber = max(lastNumber, number)
      let file = try disk.open(Self.path(number, in: folder), .readWrite)
      do throws(DiskError) {
        try read(number, file, found, damaged: damaged)
      } catch {
        guard error.isDamage else { throw error }
        damaged(file, [0..<SegmentHeader.size])
      }
    }
    for (number, count) in live where count == 0 { try remove(number) }
  }

  private func read(
    _ number: UInt64, _ file: any DiskFile, _ found: (DeadLetter, Int, LetterPlace) -> Void,
    damaged: (any DiskFile, [Range<Int>]) -> Void
  ) throws(DiskError) {
    let size = try file.size()
    guard let header = SegmentHeader(try file.bytes(at: 0, count: SegmentHeader.size)), header.number == number else {
      // One that was just begun may not have all of its head.
      if size > SegmentHeader.size { damaged(file, [0..<size]) }
      return try remove(number)
    }
    live[number] = 0
    var damages: [Range<Int>] = []
    var walk = try SegmentWalk(file, segment: header.id)
    while let step = try walk.next() {
      switch step {
      // What was being written when the process ended is in no books.
      case .damage(let range): if range.upperBound < size { damages.append(range) }
      case .record(let record, let offset, let description):
        guard !record.isVoid else { continue }
        guard let letter = try? DeadLetter(description, id: record.sequence, bytes: record.payloadLength) else {
          damages.append(offset..<(offset + record.length))
          continue
        }
        live[number, default: 0] += 1
        found(letter, record.length, LetterPlace(file: number, offset: offset))
      }
    }
    if !damages.isEmpty { damaged(file, damages) }
  }

  func write(_ letter: DeadLetter, _ payload: Payload) throws(DiskError) -> LetterPlace {
    let description = letter.description()
    let length = RecordHeader.aligned(RecordHeader.size + description.count + payload.count)
    if let file = current, file.offset + length > Self.largest {
      try sync()
      current = nil
    }
    let file = if let current { current } else { try begin() }
    var header = [UInt8](repeating: 0, count: RecordHeader.size)
    header.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      RecordHeader(
        kind: .letter, sequence: letter.id, durable: 0, storedAt: Int64(letter.refusedAt) * 1_000_000,
        descriptionLength: description.count, payloadLength: payload.count,
        descriptionChecksum: Checksum.of(description), payloadChecksum: Checksum.of(payload.bytes), segment: file.id
      ).write(to: base)
    }
    let rest = [UInt8](repeating: 0, count: length - RecordHeader.size - description.count - payload.count)
    isSynced = false
    let result = (header + description).withUnsafeBytes { head in
      rest.withUnsafeBytes { tail in
        Result { () throws(DiskError) in try file.file.write([head, payload.bytes, tail], at: file.offset) }
      }
    }
    try result.get()
    current?.offset += length
    live[file.number, default: 0] += 1
    return LetterPlace(file: file.number, offset: file.offset)
  }

  func sync() throws(DiskError) {
    guard !isSynced else { return }
    try current?.file.sync()
    isSynced = true
  }

  /// These letters are gone. That a file has forgotten one is no loss if it comes too late: the log knows it.
  func vacate(_ places: [LetterPlace]) throws(DiskError) {
    for place in places {
      live[place.file, default: 0] -= 1
      if live[place.file] ?? 0 <= 0, place.file != current?.number {
        try remove(place.file)
      } else {
        try void(place)
      }
    }
  }

  private func void(_ place: LetterPlace) throws(DiskError) {
    let file: any DiskFile
    if let current, current.number == place.file {
      file = current.file
      isSynced = false
    } else {
      file = try disk.open(Self.path(place.file, in: folder), .readWrite)
    }
    guard let segment = SegmentHeader(try file.bytes(at: 0, count: SegmentHeader.size)) else { return }
    var bytes = try file.bytes(at: place.offset, count: RecordHeader.size)
    guard bytes.count == RecordHeader.size else { return }
    let length = bytes.withUnsafeMutableBytes { bytes -> Int? in
      guard let base = bytes.baseAddress, var header = RecordHeader(UnsafeRawPointer(base), segment: segment.id) else {
        return nil
      }
      header.isVoid = true
      header.write(to: base)
      return header.length
    }
    guard let length else { return }
    try file.write(bytes, at: place.offset)
    if current?.number != place.file { try file.sync() }
    // Whole pages of the letter itself; its header stays.
    let start = (place.offset + RecordHeader.size + 4095) & ~4095
    let end = (place.offset + length) & ~4095
    if end > start { file.punchHole(start..<end) }
  }

  private func begin() throws(DiskError) -> (number: UInt64, id: UInt64, file: any DiskFile, offset: Int) {
    let number = lastNumber + 1
    let header = SegmentHeader(id: .random(in: 1...UInt64.max), number: number, firstSequence: 0, previousEnd: .max)
    let path = Self.path(number, in: folder)
    let file = try disk.open(path, .create)
    try file.write(header.bytes(), at: 0)
    try disk.syncFolder(folder)
    lastNumber = number
    let begun = (number: number, id: header.id, file: file, offset: SegmentHeader.size)
    current = begun
    live[number] = 0
    return begun
  }

  private func remove(_ number: UInt64) throws(DiskError) {
    live[number] = nil
    try disk.remove(Self.path(number, in: folder))
    // A checkpoint will not know its letters: they would come back as new ones.
    try disk.syncFolder(folder)
  }

  /// Any thread.
  /// - Returns: nil if it is not there, or not as it was written.
  static func read(
    _ place: LetterPlace, in folder: String, disk: any Disk
  ) throws(DiskError) -> (letter: DeadLetter, payload: Payload)? {
    let file = try disk.open(path(place.file, in: folder), .read)
    guard let segment = SegmentHeader(try file.bytes(at: 0, count: SegmentHeader.size)) else { return nil }
    let head = try file.bytes(at: place.offset, count: RecordHeader.size)
    guard head.count == RecordHeader.size,
      let header = head.withUnsafeBytes({ bytes in
        bytes.baseAddress.flatMap { RecordHeader($0, segment: segment.id) }
      })
    else { return nil }
    let start = place.offset + RecordHeader.size
    let description = try file.bytes(at: start, count: header.descriptionLength)
    guard Checksum.of(description) == header.descriptionChecksum,
      let letter = try? DeadLetter(description, id: header.sequence, bytes: header.payloadLength),
      let payload = try PayloadReader.read(
        file, at: start + header.descriptionLength, count: header.payloadLength, checksum: header.payloadChecksum,
        rawBytes: letter.rawBytes, contents: letter.contents)
    else { return nil }
    return (letter, payload)
  }
}
