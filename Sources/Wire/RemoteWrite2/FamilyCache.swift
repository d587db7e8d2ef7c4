internal import Memory
internal import Model

/// What is known of the metric families of one backend and tenant.
///
/// Remote-write 1.0 sends metadata apart from series, 2.0 with each of them: what came last is kept for the series that
/// follow. One thread at a time; it is handed over through a lock.
// @unchecked: the rule above; the type itself takes no lock.
public final class FamilyCache: @unchecked Sendable {
  struct Entry {
    var type: MetricType
    var help: [UInt8]
    var unit: [UInt8]
    // The numbers of both strings in the request in which they were used last.
    var request: UInt64 = 0
    var helpReference: UInt32 = 0
    var unitReference: UInt32 = 0
  }

  private var names = StringTable()
  private var entries: [Entry] = []
  private var texts = 0

  public init() {}

  /// Bytes of all names and texts, and what it takes to keep them.
  public var size: Int { names.encoded.count + texts + entries.count * 128 }

  /// Takes note of a `prometheus.MetricMetadata`. One without a family's name tells nothing.
  func note(_ metadata: WireReader) throws(WireError) {
    var reader = metadata
    var entry = Entry(type: .unknown, help: [], unit: [])
    var family = UnsafeRawBufferPointer(start: nil, count: 0)
    while let tag = try reader.tag() {
      switch tag {
      case 0x08: entry.type = UInt8(exactly: try reader.varint()).flatMap(MetricType.init) ?? .unknown
      case 0x12: family = try reader.bytes()
      case 0x22: entry.help = Array(try reader.bytes())
      case 0x2A: entry.unit = Array(try reader.bytes())
      default: try reader.skip(tag, known: 0b11_0110)
      }
    }
    guard !family.isEmpty else { return }
    let number = Int(names.number(of: family))
    texts += entry.help.count + entry.unit.count
    if number == entries.count {
      entries.append(entry)
    } else {
      texts -= entries[number].help.count + entries[number].unit.count
      entries[number] = entry
    }
  }

  /// The family of series called `metricName`: the one of that name, else one whose series have a suffix.
  func family(of metricName: UnsafeRawBufferPointer) -> Int? {
    if entries.isEmpty { return nil }
    if let number = names.find(metricName) { return Int(number) }
    for suffix in MetricFamily.suffixes where MetricFamily.ends(metricName, with: suffix.text) {
      let name = UnsafeRawBufferPointer(rebasing: metricName.dropLast(suffix.text.utf8CodeUnitCount))
      if let number = names.find(name), suffix.types.contains(entries[Int(number)].type) { return Int(number) }
    }
    return nil
  }

  /// The family at `number`, its texts among the symbols of `request`.
  func entry(_ number: Int, in request: UInt64, _ symbols: inout StringTable) -> Entry {
    if entries[number].request != request {
      entries[number].request = request
      entries[number].helpReference = entries[number].help.withUnsafeBytes { symbols.number(of: $0) }
      entries[number].unitReference = entries[number].unit.withUnsafeBytes { symbols.number(of: $0) }
    }
    return entries[number]
  }
}
