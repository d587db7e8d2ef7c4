/// What a backend wants done to every series before it is encoded for it.
public struct BackendTransform: Equatable, Sendable {
  /// Put before every metric name, with an underscore between; empty for none.
  public var namespace = ""
  /// Added to a series that lacks them, as Prometheus does it.
  public var externalLabels: [String: String] = [:]
  public var relabelConfigs: [RelabelConfig] = []

  public init() {}

  var isIdentity: Bool { self == BackendTransform() }
}

/// What routing has to know of a backend.
public struct BackendProfile: Equatable, Sendable {
  public var transform = BackendTransform()
  /// Lanes over which the series of one tenant are spread; 1 keeps bodies whole.
  public var shards = 1
  /// The most bytes of one uncompressed block.
  public var maxBlockBytes = 3 << 20

  public init() {}
}

/// What bounds the bins of an output.
struct BinLimits: BitwiseCopyable, Sendable {
  let shards: Int
  let maxBytes: Int
}
