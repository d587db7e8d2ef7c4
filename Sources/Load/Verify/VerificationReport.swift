/// What the backends have of what was sent.
public struct VerificationReport: Equatable, Sendable {
  public struct Row: Equatable, Sendable {
    public let backend: String
    public let tenant: String
    /// Of all records together.
    public let findings: Findings
    /// Why the backend could not be asked; nil when it answered.
    public let failure: String?
  }

  public let rows: [Row]
  /// Every backend has exactly what was sent.
  public let isComplete: Bool

  init(rows: [Row], allowsRepeats: Bool) {
    self.rows = rows
    isComplete = rows.allSatisfy { $0.failure == nil && $0.findings.isComplete(allowingRepeats: allowsRepeats) }
  }

  init(_ parts: [VerificationPart], backends: [String], allowsRepeats: Bool) {
    var rows: [Row] = []
    for backend in backends {
      let own = parts.filter { $0.client.backend.name == backend }
      var seen: Set<String> = []
      for tenant in own.map(\.tenant) where seen.insert(tenant).inserted {
        let same = own.filter { $0.tenant == tenant }
        rows.append(
          Row(
            backend: backend, tenant: tenant, findings: same.map(\.findings).reduce(Findings(), +),
            failure: same.compactMap(\.failure).first?.description))
      }
    }
    self.init(rows: rows, allowsRepeats: allowsRepeats)
  }
}
