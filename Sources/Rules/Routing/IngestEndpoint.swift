internal import Model

/// What a request's path says, as values that outlive the path.
public struct IngestEndpoint: Equatable, Sendable {
  public let `protocol`: IngestProtocol
  public let signal: Signal
  /// The segment behind `/tenants/`, still percent-encoded.
  public let tenant: String?

  /// Reads the raw path of a request line; nil when nothing is taken in there. See `IngestPath`.
  public init?(_ path: String) {
    var path = path
    let parts = path.withUTF8 { bytes in
      IngestPath(UnsafeRawBufferPointer(bytes)).map { ($0.protocol, $0.signal, $0.tenant?.text) }
    }
    guard let parts else { return nil }
    (self.protocol, signal, tenant) = parts
  }
}
