internal import Memory
internal import Model

/// What a first look at a `io.prometheus.write.v2.TimeSeries` tells: all but its samples, histograms and exemplars, of
/// which it only knows how many there are.
struct SeriesOutline {
  var samples: UInt32 = 0
  var histograms: UInt32 = 0
  var exemplars: UInt32 = 0
  /// The start timestamp of all samples that have none of their own, as senders up to Prometheus 3.7 give it; zero:
  /// none.
  var created: UInt64 = 0
  var type = MetricType.unknown
  /// References of the family's help and unit; zero: none.
  var help: UInt32 = 0
  var unit: UInt32 = 0

  /// Reads the series; its label references replace what `references` held.
  @inline(__always)
  init(_ series: WireReader, _ references: inout Column<UInt32>) throws(WireError) {
    references.truncate()
    var reader = series
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A:
        var packed = try reader.message()
        while !packed.isAtEnd { references.append(Self.reference(try packed.varint())) }
      case 0x08: references.append(Self.reference(try reader.varint()))
      case 0x12:
        _ = try reader.message()
        samples &+= 1
      case 0x1A:
        _ = try reader.message()
        histograms &+= 1
      case 0x22:
        _ = try reader.message()
        exemplars &+= 1
      case 0x2A: try readMetadata(reader.message())
      case 0x30: created = try reader.varint()
      default: try reader.skip(tag, known: 0b111_1110)
      }
    }
  }

  /// A number that does not fit is one that no table has: there are fewer symbols than bytes.
  @inline(__always) static func reference(_ value: UInt64) -> UInt32 { UInt32(clamping: value) }

  /// Whether there is anything to be said of the family.
  var hasMetadata: Bool { type != .unknown || help != 0 || unit != 0 }

  /// What is wrong with the series, its labels aside.
  func refusal(_ symbols: borrowing Symbols) -> RefusalReason? {
    // Prometheus sends exemplars in series of their own, against the letter of the specification.
    guard samples > 0 || histograms > 0 || exemplars > 0 else { return .noSamples }
    return refusal(ofText: help, symbols) ?? refusal(ofText: unit, symbols)
  }

  @inline(__always)
  private func refusal(ofText reference: UInt32, _ symbols: borrowing Symbols) -> RefusalReason? {
    if reference == 0 { return nil }
    guard let symbol = symbols[reference] else { return .invalidReference }
    return symbol.isUTF8 ? nil : .invalidUTF8
  }

  private mutating func readMetadata(_ metadata: WireReader) throws(WireError) {
    var reader = metadata
    while let tag = try reader.tag() {
      switch tag {
      case 0x08: type = UInt8(exactly: try reader.varint()).flatMap(MetricType.init) ?? .unknown
      case 0x18: help = Self.reference(try reader.varint())
      case 0x20: unit = Self.reference(try reader.varint())
      default: try reader.skip(tag, known: 0b1_1010)
      }
    }
  }
}
