/// The tenants that a credential may write as.
public struct TenantGrant: Hashable, Sendable {
  private var names: Set<String>
  private var globs: [Glob]

  /// - Parameter tenants: names or globs.
  /// - Throws: the one that is neither, its path `[1]` relative to the list.
  public init(_ tenants: [String]) throws(RuleError) {
    var names: Set<String> = []
    var globs: [Glob] = []
    for (index, text) in tenants.enumerated() {
      do {
        let glob = try Glob.compile(text)
        if let literal = glob.literal { names.insert(try Self.name(literal).text) } else { globs.append(glob) }
      } catch {
        throw error.inside("[\(index)]")
      }
    }
    self.names = names
    self.globs = globs
  }

  /// Of just one tenant.
  public init(_ tenant: TenantName) {
    names = [tenant.text]
    globs = []
  }

  public func allows(_ tenant: TenantName) -> Bool { allows(tenant.text) }

  /// The tenant that it names by itself: where there is but one.
  public var only: TenantName? {
    guard globs.isEmpty, names.count == 1 else { return nil }
    return names.first.flatMap { try? TenantName($0) }
  }

  /// What either allows.
  public func union(_ other: TenantGrant) -> TenantGrant {
    var both = self
    both.formUnion(other)
    return both
  }

  /// Allows what `other` allows as well. Costs what that is, however much is allowed already.
  public mutating func formUnion(_ other: TenantGrant) {
    names.formUnion(other.names)
    globs += other.globs.filter { !globs.contains($0) }
  }

  func allows(_ tenant: String) -> Bool { names.contains(tenant) || globs.contains { $0.matches(tenant) } }

  private static func name(_ text: String) throws(RuleError) -> TenantName {
    do throws(TenantName.Fault) { return try TenantName(text) } catch {
      throw RuleError(reason: "no tenant has this name: \(error)")
    }
  }
}

extension Glob: Hashable {
  public static func == (left: Glob, right: Glob) -> Bool { left.text == right.text }
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
