extension Configuration {
  /// TLS of an address that is listened on. Paths are relative to the working directory of the process, or absolute.
  public struct ServerTLS: Equatable, Sendable {
    public enum ClientAuth: String, CaseIterable, Sendable {
      /// A client without a certificate is turned away.
      case required
      case optional
    }

    /// PEM, with the certificates behind it that lead to its authority.
    public var certFile = ""
    public var keyFile = ""
    /// The authorities whose certificates clients may show; nil: clients are asked for none.
    public var clientCAFile: String?
    public var clientAuth = ClientAuth.required

    public init() {}
  }
}
