import Glibc

/// Where to listen.
public struct Address: Hashable, Sendable, CustomStringConvertible {
  /// An IPv4 address, an IPv6 address without brackets, or a host name; empty: every interface, IPv4 and IPv6.
  public var host: String
  /// 0: one that is free, the system's choice.
  public var port: UInt16

  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// `host:port`, `[::]:port` or `:port`; nil when `text` is none of them.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Self.port(text[text.index(after: colon)...]),
      let host = Self.host(text[..<colon])
    else { return nil }
    self.init(host: host, port: port)
  }

  /// Whether only this machine can reach it.
  public var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    var address = in_addr()
    return inet_pton(AF_INET, host, &address) == 1 && UInt32(bigEndian: address.s_addr) >> 24 == 127
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Digits only: `UInt16` would take a sign.
  static func port(_ text: Substring) -> UInt16? {
    text.allSatisfy { $0.isASCII && $0.isNumber } ? UInt16(text) : nil
  }

  private static func host(_ text: Substring) -> String? {
    if text.hasPrefix("["), text.hasSuffix("]") {
      let inner = String(text.dropFirst().dropLast())
      return isIPv6(inner) ? inner : nil
    }
    return text.isEmpty || isHostName(text) ? String(text) : nil
  }

  static func isIPv6(_ text: String) -> Bool {
    var address = in6_addr()
    return inet_pton(AF_INET6, text, &address) == 1
  }

  /// Whether this is an IPv4 address or a name of letters, digits, `-` and `_` with single dots between.
  static func isHostName(_ text: Substring) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let areNames = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.count <= 63 && part.utf8.allSatisfy { $0.isAlphanumeric || $0 == 0x2D || $0 == 0x5F }
    }
    guard areNames, parts.last?.allSatisfy(\.isNumber) == true else { return areNames }
    var address = in_addr()
    return inet_pton(AF_INET, String(text), &address) == 1
  }
}
