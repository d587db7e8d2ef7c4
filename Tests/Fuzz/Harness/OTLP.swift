import Memory
import Model
import Wire

/// OTLP in one of its encodings, under all settings at once or one after the other.
struct OTLPCheck {
  /// What a request may expand to.
  static let limit = 128 << 10

  private let decoders: [OTLPMetricsDecoder]
  private let batch = SeriesBatch(arena: Buffer(capacity: 256))

  init() {
    var all = OTLPSettings()
    all.strategy = .noTranslation
    all.promotion = .allBut([])
    all.keepsIdentifyingAttributes = true
    all.promotesScopeMetadata = true
    all.addsTypeAndUnitLabels = true
    all.convertsHistogramsToNHCB = true
    decoders = [OTLPSettings(), all].map { settings in
      var settings = settings
      settings.mostBatchBytes = Self.limit
      return OTLPMetricsDecoder(settings: settings)
    }
  }

  func take(_ bytes: UnsafeRawBufferPointer, isJSON: Bool) {
    for decoder in decoders {
      batch.removeAll()
      do {
        if isJSON {
          try decoder.decode(json: bytes, into: batch)
        } else {
          try decoder.decode(bytes, into: batch)
        }
      } catch { continue }
      BatchCheck.check(batch)
    }
  }
}

struct OTLPProtobuf: Decoder {
  static let name = "otlp-protobuf"
  static let mostBytes = 8 * OTLPCheck.limit

  private let check = OTLPCheck()

  mutating func take(_ bytes: UnsafeRawBufferPointer) { check.take(bytes, isJSON: false) }
}

struct OTLPJSON: Decoder {
  static let name = "otlp-json"
  static let mostBytes = 8 * OTLPCheck.limit

  private let check = OTLPCheck()

  mutating func take(_ bytes: UnsafeRawBufferPointer) { check.take(bytes, isJSON: true) }
}
