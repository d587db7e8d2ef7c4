import Memory

/// The label name that an attribute key becomes, ready to be written. Memory that someone else holds.
struct LabelName: BitwiseCopyable {
  enum Problem: UInt8 {
    case none
    /// No label can have this name.
    case empty, untranslatable
    /// The key is `__name__` itself: a point may not rename its metric.
    case isMetricName
    /// Only underscores, which Prometheus takes from a point but not from a resource or a scope.
    case onlyUnderscores
  }

  /// The first eight bytes of the name as a number that sorts like them.
  var prefix: UInt64
  /// The name as it stands in a label, `0A len name`; the name is its last `nameCount` bytes.
  var field: UnsafePointer<UInt8>
  var fieldCount: Int32
  var nameCount: Int32
  var problem: Problem

  @inline(__always) var name: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: field + Int(fieldCount &- nameCount), count: Int(nameCount))
  }

  /// The first eight bytes of `bytes` as a big-endian number, zeroes behind a shorter one.
  static func prefix(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    if bytes.count >= 8 { return UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)) }
    var prefix: UInt64 = 0
    for place in 0..<8 { prefix = prefix << 8 | (place < bytes.count ? UInt64(bytes[place]) : 0) }
    return prefix
  }
}

/// Label names of attribute keys, remembered up to a bound. One thread.
final class LabelNames {
  private static let mostKeys = 8192

  private let naming: LabelNaming
  private let table = ByteTable(limit: mostKeys, bytes: 512 << 10)
  private let fields = FixedMemory(capacity: 640 << 10)
  private let names: UnsafeMutablePointer<LabelName>
  private var areFieldsFull = false

  init(_ naming: LabelNaming) {
    self.naming = naming
    names = .allocate(capacity: Self.mostKeys)
  }

  deinit { names.deallocate() }

  /// Forgets all names if one could not be kept. What was handed out is dead then.
  func makeRoom() -> Bool {
    guard table.isFull || areFieldsFull else { return false }
    table.removeAll()
    fields.removeAll()
    areFieldsFull = false
    return true
  }

  /// The name at `index` if its key is `key`: a guess.
  @inline(__always) func guess(
    _ index: Int, _ key: UnsafePointer<UInt8>, _ count: Int
  ) -> LabelName? {
    table.isKey(index, key, count) ? names[index] : nil
  }

  /// The name for `key`, and its index for a later guess, or -1; a name that cannot be kept is written to `scratch`.
  func name(for key: UnsafeRawBufferPointer, scratch: inout ScratchMemory) -> (name: LabelName, index: Int) {
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    if let index = table.find(key, nothing, kind: 0) { return (names[index], index) }
    let (text, problem) = translate(Array(key))
    let room = 1 + Varint.size(text.count) + text.count
    guard key.count <= ByteTable.longestKey, let field = fields.take(room) else {
      areFieldsFull = areFieldsFull || key.count <= ByteTable.longestKey
      return (write(text, problem, to: scratch.take(room)), -1)
    }
    let name = write(text, problem, to: field)
    guard let index = table.add(key, nothing, kind: 0) else {
      areFieldsFull = true
      return (name, -1)
    }
    names[index] = name
    return (name, index)
  }

  private func translate(_ key: [UInt8]) -> ([UInt8], LabelName.Problem) {
    if key.isEmpty { return ([], .empty) }
    if key == Array("__name__".utf8) { return (key, .isMetricName) }
    if let name = naming.name(key) { return (repaired(name), .none) }
    return naming.escapes ? ([], .untranslatable) : (key, .onlyUnderscores)
  }

  private func repaired(_ name: [UInt8]) -> [UInt8] {
    naming.escapes ? name : name.withUnsafeBytes { UTF8Text.repaired($0) }
  }

  private func write(
    _ text: [UInt8], _ problem: LabelName.Problem, to room: UnsafeMutablePointer<UInt8>
  ) -> LabelName {
    var out = room
    out.put(0x0A)
    Varint.write(UInt64(text.count), to: &out)
    text.withUnsafeBytes { out.put($0) }
    return LabelName(
      prefix: text.withUnsafeBytes { LabelName.prefix(of: $0) }, field: UnsafePointer(room),
      fieldCount: Int32(out - room), nameCount: Int32(text.count), problem: problem)
  }
}
