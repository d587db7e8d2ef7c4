/// Whom the certificate of a client names. It has been verified.
public struct ClientCertificate: Equatable, Sendable {
  /// Of the subject.
  public var commonNames: [String] = []
  // Of the subject's alternative names.
  public var dnsNames: [String] = []
  public var uris: [String] = []
  public var emailAddresses: [String] = []

  public init() {}
}
