/// Where a server finds what it needs for TLS; all of it PEM.
public struct TLSFiles: Equatable, Sendable {
  /// The server's certificate, and behind it those that lead to its authority.
  public var certificate: String
  public var key: String
  /// The authorities whose clients are known; nil asks no client for a certificate.
  public var clientAuthorities: String?
  /// Whether a client without a certificate is turned away, where there are `clientAuthorities`.
  public var requiresClientCertificate = true

  public init(certificate: String, key: String) {
    self.certificate = certificate
    self.key = key
  }
}
