internal import Spool

/// Shows the books, by backend, and how the spool is doing.
enum LedgerMetrics {
  static func write(_ ledger: Ledger, to output: inout Exposition) {
    var sums: [String: LedgerRow] = [:]
    for row in ledger.rows { sums[row.backend, default: row.empty].add(row) }
    // What a route that sends nowhere drops has no backend.
    let backends = sums.values.sorted { $0.backend < $1.backend }
    func each(_ family: MetricFamily, _ value: (LedgerRow) -> Amount) {
      for row in backends { output.add(family, [name(row)], value: value(row).samples) }
    }
    each(MetricCatalogue.ledgerAccepted, \.accepted)
    each(MetricCatalogue.ledgerDelivered, \.delivered)
    each(MetricCatalogue.ledgerHeld, \.held)
    each(MetricCatalogue.ledgerDead, \.deadLettered)
    for row in backends {
      for cause in DropCause.allCases {
        output.add(MetricCatalogue.ledgerDropped, [name(row), cause.rawValue], value: row.dropped[cause]?.samples ?? 0)
      }
    }
    output.add(MetricCatalogue.ledgerImbalance, value: ledger.imbalance)
  }

  private static func name(_ row: LedgerRow) -> String { row.backend.isEmpty ? "none" : row.backend }

  static func write(_ status: SpoolStatus, to output: inout Exposition) {
    output.add(MetricCatalogue.spoolUp, value: status.failure == nil ? 1 : 0)
    output.add(MetricCatalogue.spoolDisk, value: status.diskBytes)
    output.add(MetricCatalogue.spoolSegments, value: status.segments)
    output.add(MetricCatalogue.spoolSyncs, value: status.syncs)
    output.add(MetricCatalogue.spoolSyncTime, value: status.syncTime / .seconds(1))
    output.add(MetricCatalogue.spoolCache, value: status.cachedBytes)
    output.add(MetricCatalogue.spoolReads, value: status.blocksRead)
    output.add(MetricCatalogue.spoolDamages, value: status.damages)
    output.add(MetricCatalogue.deadLetters, value: status.deadLetters)
    output.add(MetricCatalogue.deadLetterBytes, value: status.deadLetterBytes)
  }
}

extension LedgerRow {
  /// A row of the same name with nothing in it.
  fileprivate var empty: LedgerRow { LedgerRow(account: account, backend: backend) }
}
