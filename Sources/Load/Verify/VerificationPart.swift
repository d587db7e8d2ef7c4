/// One tenant of one record in one backend: the unit that is asked for again while something is missing.
struct VerificationPart {
  let client: QueryClient
  let record: LoadRecord
  let tenant: String
  private(set) var findings: Findings
  /// Why the backend gave no answer the last time.
  private(set) var failure: LoadError?

  init(client: QueryClient, record: LoadRecord, tenant: String) {
    self.client = client
    self.record = record
    self.tenant = tenant
    findings = Comparison(record, tenant: tenant).result
  }

  mutating func look() {
    do throws(LoadError) {
      findings = try client.compare(record, tenant: tenant)
      failure = nil
    } catch {
      failure = error
    }
  }

  func isComplete(_ allowsRepeats: Bool) -> Bool {
    failure == nil && findings.isComplete(allowingRepeats: allowsRepeats)
  }

  /// What is missing may come; what is wrong stays wrong.
  var mayChange: Bool { failure != nil || findings.missing > 0 }
}
