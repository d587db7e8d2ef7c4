/// The URL of a backend: http or https, a host, perhaps a port, a path and a query; no credentials, no fragment.
public struct Endpoint: Equatable, Sendable {
  /// The whole. A query may hold a credential, so show `description` instead.
  public let url: String
  public let isSecure: Bool

  /// - Throws: `Complaint` with what is wrong, ready to stand behind the text itself.
  init(_ text: String) throws(Complaint) {
    guard text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
      throw Complaint("holds a blank or a character that is not ASCII: write it as %XX")
    }
    guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else {
      throw Complaint("is not an http or https URL")
    }
    let rest = text.dropFirst(scheme.count)
    guard !rest.contains("#") else { throw Complaint("has a fragment (#), which a server never gets") }
    try Self.check(authority: rest.prefix { $0 != "/" && $0 != "?" })
    url = text
    isSecure = scheme == "https://"
  }

  private static func check(authority: Substring) throws(Complaint) {
    var host = authority
    if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
      guard let port = Address.port(authority[authority.index(after: colon)...]), port > 0 else {
        throw Complaint("has a bad port")
      }
      host = authority[..<colon]
    }
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    let isHost = isBracketed ? Address.isIPv6(String(host.dropFirst().dropLast())) : Address.isHostName(host)
    guard isHost else { throw Complaint(host.isEmpty ? "has no host" : "has a bad host") }
  }

  /// Whether there is a `user:password@` before the host. Such a text is not to be shown.
  static func hasCredentials(_ text: String) -> Bool {
    let scheme = text.firstRange(of: "://")
    let rest = scheme.map { text[$0.upperBound...] } ?? text[...]
    return rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }.contains("@")
  }
}

extension Endpoint: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The URL; where it has a query, `…` in its place.
  public var description: String {
    url.contains("?") ? url.prefix { $0 != "?" } + "?…" : url
  }

  public var debugDescription: String { description }
  /// Empty, or `dump` would show the query.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Endpoint {
  /// Stands for an endpoint that is missing, until the load has failed for it.
  static let unset = Endpoint(url: "", isSecure: false)

  init(url: String, isSecure: Bool) {
    self.url = url
    self.isSecure = isSecure
  }
}
