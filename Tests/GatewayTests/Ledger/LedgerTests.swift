import JSON
import Spool
import Testing

@testable import Gateway

@Suite struct LedgerTests {
  private func row(_ tenant: String, _ backend: String, accepted: Int, delivered: Int, held: Int = 0) -> LedgerRow {
    var row = LedgerRow(account: Account(tenant: tenant, route: "all"), backend: backend)
    row.accepted = Amount(blocks: 1, samples: accepted)
    row.delivered = Amount(samples: delivered)
    row.held = Amount(blocks: 1, samples: held)
    return row
  }

  @Test func `rows come in order, with their sum`() {
    let ledger = Ledger([
      row("b", "x", accepted: 3, delivered: 3), row("a", "y", accepted: 5, delivered: 4, held: 1),
    ])
    let json = ledger.json
    #expect(json["rows"]?.array?.map { $0["tenant"]?.string } == ["a", "b"])
    #expect(json["rows"]?[0]?["held"]?["samples"] == 1)
    #expect(json["total"]?["accepted"]?["samples"] == 8)
    #expect(json["total"]?["delivered"]?["samples"] == 7)
  }

  @Test func `two mistakes do not make up for each other`() {
    var high = row("a", "x", accepted: 5, delivered: 4, held: 1)
    high.accepted.samples += 2
    var low = row("b", "x", accepted: 5, delivered: 4, held: 1)
    low.accepted.samples -= 2
    #expect(Ledger([high, low]).imbalance == 4)
    #expect(Ledger([]).imbalance == 0)
  }

  @Test func `a filter chooses rows`() {
    let rows = [row("a b", "x", accepted: 1, delivered: 1), row("a", "y", accepted: 1, delivered: 1)]
    #expect(Ledger(rows, Ledger.Filter(tenant: "a b", route: "all")).rows.map(\.backend) == ["x"])
    #expect(Ledger(rows, Ledger.Filter(backend: "z")).rows.isEmpty)
    #expect(Ledger(rows).rows.count == 2)
  }

  @Test func `causes of drops are named, and dropped is empty without any`() {
    var some = row("a", "x", accepted: 5, delivered: 2)
    some.dropped = [.rule: Amount(samples: 2), .expired: Amount(blocks: 1, samples: 1), .damaged: Amount()]
    let dropped = Ledger([some]).json["rows"]?[0]?["dropped"]?.object
    #expect(dropped?.names == ["expired", "rule"])
  }
}
