/// One of the tenants that a route matches.
enum TenantMatch: Sendable {
  case everyone
  case name(String)
  case glob(Glob)

  /// Reads what stands in `match.tenant`; of no texts, everyone.
  static func compile(_ texts: [String]) throws(RuleError) -> [TenantMatch] {
    guard !texts.isEmpty else { return [.everyone] }
    var matches: [TenantMatch] = []
    for (index, text) in texts.enumerated() {
      do {
        matches.append(try TenantMatch(text))
      } catch {
        throw error.inside("match.tenant[\(index)]")
      }
    }
    return matches
  }

  private init(_ text: String) throws(RuleError) {
    let glob = try Glob.compile(text)
    if glob.matchesEverything {
      self = .everyone
    } else if let name = glob.literal {
      do {
        self = .name(try TenantName(name).text)
      } catch {
        throw RuleError(reason: "no tenant has this name: \(error)")
      }
    } else {
      self = .glob(glob)
    }
  }

  func matches(_ tenant: String) -> Bool {
    switch self {
    case .everyone: true
    case .name(let name): name == tenant
    case .glob(let glob): glob.matches(tenant)
    }
  }

  var isEveryone: Bool {
    if case .everyone = self { return true }
    return false
  }

  var isGlob: Bool {
    if case .glob = self { return true }
    return false
  }
}
