/// Which routes concern which tenant, as ranks in the order in which routes are tried.
struct TenantTable: Sendable {
  private var exact: [String: [Int32]] = [:]
  private var globs: [(glob: Glob, rank: Int32)] = []
  private var everyone: [Int32] = []

  /// Adds the route at `rank`, which matches the names or globs `tenants`, all tenants when there are none.
  mutating func add(_ tenants: [String], rank: Int32) throws(RuleError) {
    if tenants.isEmpty { everyone.append(rank) }
    for (index, text) in tenants.enumerated() {
      do {
        try add(text, rank)
      } catch {
        throw error.inside("match.tenant[\(index)]")
      }
    }
  }

  private mutating func add(_ text: String, _ rank: Int32) throws(RuleError) {
    let glob = try Glob.compile(text)
    if glob.matchesEverything {
      everyone.append(rank)
    } else if let name = glob.literal {
      do {
        exact[try TenantName(name).text, default: []].append(rank)
      } catch {
        throw RuleError(reason: "no tenant has this name: \(error)")
      }
    } else {
      globs.append((glob, rank))
    }
  }

  /// The routes of `tenant`, each once, in the order in which they are tried.
  func routes(of tenant: String) -> [Int32] {
    let matching = globs.filter { $0.glob.matches(tenant) }.map(\.rank)
    let all = ((exact[tenant] ?? []) + matching + everyone).sorted()
    return all.enumerated().filter { $0.offset == 0 || all[$0.offset - 1] != $0.element }.map(\.element)
  }
}
