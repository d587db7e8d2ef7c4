internal import Memory
internal import Model

/// The series that an error text names, as Cortex and Mimir print it: `… series={__name__="up", job="x"}`.
public struct NamedSeries: Equatable {
  /// Its labels as a block has them.
  private let labels: [UInt8]

  /// Nil when `text` names no series, or not all of it.
  public init?(in text: String) {
    for words in ["series={", "affected series is {"] {
      guard let place = Self.end(of: words, in: text) else { continue }
      var reader = LabelText(text.utf8[place...])
      guard let pairs = reader.read(), let labels = Self.encode(pairs) else { return nil }
      self.labels = labels
      return
    }
    return nil
  }

  /// Where in an encoded `prometheus.WriteRequest` the items of this series lie.
  public func items(in request: UnsafeRawBufferPointer) throws(WireError) -> [Range<Int>] {
    var reader = WireReader(request)
    var found: [Range<Int>] = []
    var start = 0
    while let tag = try reader.tag() {
      if tag == 0x0A {
        let series = try BlockSeries(reader.message())
        let range = series.labels.start..<series.labels.end
        if request[range].elementsEqual(labels) { found.append(start..<reader.position) }
      } else {
        try reader.skip(tag)
      }
      start = reader.position
    }
    return found
  }

  private static func end(of words: String, in text: String) -> String.Index? {
    let (words, bytes) = (Array(words.utf8), text.utf8)
    return bytes.indices.first { bytes[$0...].starts(with: words) }.map { bytes.index($0, offsetBy: words.count) }
  }

  private static func encode(_ pairs: [(name: [UInt8], value: [UInt8])]) -> [UInt8]? {
    let sorted = pairs.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    guard !zip(sorted, sorted.dropFirst()).contains(where: { $0.name == $1.name }) else { return nil }
    let buffer = Buffer(capacity: 256)
    for (name, value) in sorted {
      name.withUnsafeBytes { name in
        value.withUnsafeBytes { LabelEncoding.append(Label(name: name, value: $0), to: buffer) }
      }
    }
    return withExtendedLifetime(buffer) { Array(buffer.bytes) }
  }
}

/// Reads `name="value", …}` with the values quoted as Go does it.
private struct LabelText {
  private var rest: Substring.UTF8View

  init(_ rest: Substring.UTF8View) { self.rest = rest }

  mutating func read() -> [(name: [UInt8], value: [UInt8])]? {
    var pairs: [(name: [UInt8], value: [UInt8])] = []
    while true {
      skip(" ,")
      if take("}") { return pairs }
      let name = take("\"") ? quoted() : plain()
      guard let name, take("="), take("\""), let value = quoted() else { return nil }
      pairs.append((name, value))
    }
  }

  private mutating func plain() -> [UInt8]? {
    guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return nil }
    defer { rest = rest[equals...] }
    return Array(rest[..<equals])
  }

  /// Up to the closing quote. The rarer escapes of Go are not read: such a series is not named for us.
  private mutating func quoted() -> [UInt8]? {
    var text: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return text
      case UInt8(ascii: "\\"):
        guard let escaped = rest.popFirst(), let plain = Self.escapes[escaped] else { return nil }
        text.append(plain)
      default: text.append(byte)
      }
    }
    return nil
  }

  private static let escapes = [
    UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "n"): 10,
    UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13,
  ]

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func skip(_ characters: String) {
    while let first = rest.first, characters.utf8.contains(first) { rest.removeFirst() }
  }
}
