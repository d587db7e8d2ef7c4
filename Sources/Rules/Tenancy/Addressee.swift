/// As what a block leaves: under which tenant, and with which headers of its route.
public struct Addressee: Hashable, Sendable {
  public var tenant: String
  /// `Name: value` lines in the order of their names, each ended by a line feed; empty for none. No value has a
  /// control character.
  public var headers: String

  public init(tenant: String, headers: String = "") {
    self.tenant = tenant
    self.headers = headers
  }
}
