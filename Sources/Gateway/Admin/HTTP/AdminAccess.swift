internal import Config
internal import Credentials
internal import Inbound

/// Who calls the admin address, and what they may do.
struct Caller: Equatable, Sendable {
  /// The name of their token; without tokens, `local`.
  var name: String
  var role: Configuration.AdminToken.Role
  /// The peer's numeric address.
  var address = ""

  func may(_ role: Configuration.AdminToken.Role) -> Bool { self.role == .admin || role == .viewer }
}

/// Decides who a caller is. Immutable, any thread.
///
/// Without tokens the address is one that only this machine reaches. A web page in a browser of this machine reaches it as
/// well, so the host that is named must be this machine (DNS rebinding), and no page of another origin is heard.
struct AdminAccess: Sendable {
  private let tokens: [(digest: SecretDigest, name: String, role: Configuration.AdminToken.Role)]
  private let host: String?

  init(_ admin: Configuration.Admin) {
    tokens = admin.tokens.map { (SecretDigest($0.token.exposed), $0.name, $0.role) }
    host = admin.address.isLoopback ? admin.address.host : nil
  }

  /// - Throws: 401 without a good token; 403 for a page of another origin; 421 for a host that is not this machine.
  func caller(_ head: RequestHead) throws(Problem) -> Caller {
    try checkOrigin(head)
    guard !tokens.isEmpty else { return Caller(name: "local", role: .admin, address: head.remoteAddress) }
    let values = head.headers.values("Authorization")
    guard values.count == 1, let token = Self.bearer(values[0]) else {
      throw Problem(401, "give a token: Authorization: Bearer …", headers: [HeaderField("WWW-Authenticate", "Bearer")])
    }
    let digest = SecretDigest(token)
    // All are looked at, so that the time tells nothing of which one is near.
    let matching = tokens.filter { $0.digest == digest }
    guard let known = matching.first else {
      throw Problem(
        401, "no such token", headers: [HeaderField("WWW-Authenticate", "Bearer error=\"invalid_token\"")])
    }
    return Caller(name: known.name, role: known.role, address: head.remoteAddress)
  }

  func checkOrigin(_ head: RequestHead) throws(Problem) {
    let named = head.headers.first("Host") ?? ""
    if host != nil, !isThisMachine(named) {
      throw Problem(421, "this address answers for this machine only, not for the host \"\(named.prefix(100))\"")
    }
    guard let origin = head.headers.first("Origin") else { return }
    guard origin == "http://\(named)" || origin == "https://\(named)" else {
      throw Problem(403, "requests from web pages of another origin are not taken")
    }
  }

  private func isThisMachine(_ named: String) -> Bool {
    var name = named[...]
    if let colon = named.lastIndex(of: ":"), !named.hasSuffix("]") { name = named[..<colon] }
    if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
    return Address(host: name.lowercased(), port: 0).isLoopback || name == host ?? ""
  }

  private static func bearer(_ value: String) -> String? {
    let parts = value.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return parts[1].trimmed
  }
}
