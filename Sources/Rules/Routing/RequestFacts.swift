/// What routes ask of a request before its body is looked at.
public struct RequestFacts {
  public var tenant: TenantName
  public var signal: Signal
  public var `protocol`: IngestProtocol
  /// What the listener that took it is called: its address, and its name if it has one.
  public var listener: [String]
  /// The value of a request header, its name compared without case; nil when it was not sent. One that was sent several
  /// times counts as its values joined by a comma and a space.
  public var header: (String) -> String?

  public init(
    tenant: TenantName, signal: Signal = .metrics, protocol protocolName: IngestProtocol, listener: [String] = [],
    header: @escaping (String) -> String? = { _ in nil }
  ) {
    self.tenant = tenant
    self.signal = signal
    self.protocol = protocolName
    self.listener = listener
    self.header = header
  }
}
