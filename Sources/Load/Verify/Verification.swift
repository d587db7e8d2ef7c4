internal import Threads

/// Asks backends for everything that was recorded, again and again until it is there or the time is over.
public struct Verification: Sendable {
  private let records: [LoadRecord]
  private let backends: [BackendAddress]
  private let tenants: TenantMap
  private let allowsRepeats: Bool
  private let timeout: Duration

  /// Between two looks at what is not there yet.
  private static let pause = Duration.milliseconds(500)

  /// - Parameters:
  ///   - allowsRepeats: a copy of a sample is no fault, as after a crash.
  ///   - timeout: how long data may take to show. Every backend is asked once at least.
  /// - Throws: `LoadError` when there is nothing to check.
  public init(
    records: [LoadRecord], backends: [BackendAddress], tenants: TenantMap = TenantMap(), allowsRepeats: Bool = false,
    timeout: Duration = .seconds(30)
  ) throws(LoadError) {
    guard !backends.isEmpty else { throw LoadError("--backend: at least one") }
    guard Set(backends.map(\.name)).count == backends.count else { throw LoadError("--backend: a name is there twice") }
    for record in records where !record.batches.contains(where: { $0.delivery.confirmed > 0 }) {
      throw LoadError("--record: the \(record.wire.rawValue) load \(record.run) has no sample that a server has taken")
    }
    guard !records.isEmpty else { throw LoadError("--record: at least one") }
    self.records = records
    self.backends = backends
    self.tenants = tenants
    self.allowsRepeats = allowsRepeats
    self.timeout = timeout
  }

  /// Blocks until there is a result.
  /// - Parameter progress: called after every look: how many parts are complete, and of how many.
  public func run(progress: (_ complete: Int, _ all: Int) -> Void = { _, _ in }) throws(LoadError) -> VerificationReport
  {
    var parts = try parts()
    let deadline = ContinuousClock.now + timeout
    while true {
      for index in parts.indices where !parts[index].isComplete(allowsRepeats) {
        parts[index].look()
      }
      progress(parts.count { $0.isComplete(allowsRepeats) }, parts.count)
      let isOpen = parts.contains { $0.mayChange }
      guard isOpen, ContinuousClock.now + Self.pause < deadline else { break }
      Pause.sleep(Self.pause)
    }
    return VerificationReport(parts, backends: backends.map(\.name), allowsRepeats: allowsRepeats)
  }

  private func parts() throws(LoadError) -> [VerificationPart] {
    var parts: [VerificationPart] = []
    for backend in backends {
      let client = try QueryClient(backend, tenants: tenants)
      for record in records {
        for tenant in record.tenants {
          parts.append(VerificationPart(client: client, record: record, tenant: tenant))
        }
      }
    }
    return parts
  }
}
