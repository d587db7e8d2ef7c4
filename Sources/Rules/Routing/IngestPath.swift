internal import Model

/// What a request's path says: protocol, signal and perhaps a tenant.
///
/// Paths are exact: by case, without a trailing `/`, without doubled ones. A program that is set up to send elsewhere
/// gets a 404 at once and not a surprise later.
public struct IngestPath {
  public let `protocol`: IngestProtocol
  public let signal: Signal
  /// The segment behind `/tenants/`, still percent-encoded: a view into the path. `Identity` decodes it.
  public let tenant: UnsafeRawBufferPointer?

  /// Reads `path`: the raw one of the request line, neither decoded nor normalised, without `?` and what follows. Nil
  /// when nothing is taken in there.
  public init?(_ path: UnsafeRawBufferPointer) {
    let prefix = Self.tenantsPrefix
    var rest = path
    var tenant: UnsafeRawBufferPointer?
    if path.begins(with: prefix.bytes) {
      let behind = UnsafeRawBufferPointer(rebasing: path[prefix.count...])
      guard let slash = behind.firstIndex(of: UInt8(ascii: "/")), slash > 0 else { return nil }
      tenant = UnsafeRawBufferPointer(rebasing: behind[..<slash])
      rest = UnsafeRawBufferPointer(rebasing: behind[slash...])
    }
    guard let known = Self.known.first(where: { $0.path.bytes.hasSameBytes(as: rest) }) else { return nil }
    self.protocol = known.protocol
    signal = known.signal
    self.tenant = tenant
  }

  private static let tenantsPrefix = OwnedBytes("/tenants/")

  private static let known: [(path: OwnedBytes, protocol: IngestProtocol, signal: Signal)] =
    [
      "/api/v1/push", "/api/prom/push", "/push", "/api/v1/write", "/api/v1/receive", "/api/v1/prom/remote/write",
    ].map { (OwnedBytes($0), .remoteWrite, .metrics) }
    + ["/v1/metrics", "/otlp/v1/metrics", "/api/v1/otlp/v1/metrics"].map { (OwnedBytes($0), .otlp, .metrics) }
    + ["/v1/traces", "/otlp/v1/traces"].map { (OwnedBytes($0), .otlp, .traces) }
    + ["/v1/logs", "/otlp/v1/logs"].map { (OwnedBytes($0), .otlp, .logs) }
}
