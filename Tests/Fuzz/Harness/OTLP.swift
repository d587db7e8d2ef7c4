import Memory
import Model
import Wire

/// OTLP in one of its encodings, with the default settings and with all that there are.
struct OTLPTrial {
  /// What a request may expand to.
  static let limit = 128 << 10

  private let decoders: [OTLPMetricsDecoder]
  private let batches: [SeriesBatch]
  /// Those of the decoders that took it.
  private var takers: [Int] = []

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
    batches = decoders.map { _ in SeriesBatch(arena: Buffer(capacity: 256)) }
  }

  mutating func take(_ bytes: UnsafeRawBufferPointer, isJSON: Bool) {
    takers.removeAll(keepingCapacity: true)
    for (index, decoder) in decoders.enumerated() {
      batches[index].removeAll()
      do {
        if isJSON {
          try decoder.decode(json: bytes, into: batches[index])
        } else {
          try decoder.decode(bytes, into: batches[index])
        }
      } catch { continue }
      takers.append(index)
    }
  }

  func check() { for index in takers { BatchCheck.check(batches[index]) } }
}

struct OTLPProtobuf: Decoder {
  static let name = "otlp-protobuf"
  static let mostBytes = 8 * OTLPTrial.limit

  private var trial = OTLPTrial()

  mutating func take(_ bytes: UnsafeRawBufferPointer) { trial.take(bytes, isJSON: false) }

  func check() { trial.check() }
}

struct OTLPJSON: Decoder {
  static let name = "otlp-json"
  static let mostBytes = 8 * OTLPTrial.limit

  private var trial = OTLPTrial()

  mutating func take(_ bytes: UnsafeRawBufferPointer) { trial.take(bytes, isJSON: true) }

  func check() { trial.check() }
}
