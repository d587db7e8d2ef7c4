/// How an `https` peer is checked and what is shown to it. Paths are of PEM files, nil for the system's.
public struct TLSOptions: Equatable, Sendable {
  public var caFile: String?
  public var certificateFile: String?
  public var keyFile: String?
  /// Takes any certificate of the peer.
  public var skipsVerification = false
  /// The name to ask for and to check instead of the host of the URL; the address stays the URL's.
  public var serverName: String?

  public init() {}
}
