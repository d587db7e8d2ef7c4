internal import JSON
internal import Spool

/// The books as they are shown: some of the rows of one moment, in order, and their sum.
struct Ledger {
  /// Which rows are wanted; nil: whatever it is.
  struct Filter: Equatable {
    var tenant: String?
    var route: String?
    var backend: String?

    init(tenant: String? = nil, route: String? = nil, backend: String? = nil) {
      (self.tenant, self.route, self.backend) = (tenant, route, backend)
    }

    func admits(_ row: LedgerRow) -> Bool {
      (tenant ?? row.account.tenant) == row.account.tenant && (route ?? row.account.route) == row.account.route
        && (backend ?? row.backend) == row.backend
    }
  }

  let rows: [LedgerRow]

  /// - Parameter rows: a snapshot of the spool's books.
  init(_ rows: [LedgerRow], _ filter: Filter = Filter()) {
    self.rows = rows.filter(filter.admits).sorted { Self.order($0) < Self.order($1) }
  }

  private static func order(_ row: LedgerRow) -> (String, String, String) {
    (row.account.tenant, row.account.route, row.backend)
  }

  /// All rows in one.
  var total: LedgerRow {
    var total = LedgerRow(account: Account(tenant: "", route: ""), backend: "")
    for row in rows { total.add(row) }
    return total
  }

  /// How far off the books are, over all rows and kinds: two mistakes do not make up for each other.
  var imbalance: Int {
    rows.reduce(0) { sum, row in
      let rest = row.imbalance
      return sum + abs(rest.blocks) + abs(rest.samples) + abs(rest.exemplars)
    }
  }

  /// `{"rows": […], "total": {…}, "imbalance": 0}`
  var json: JSONValue {
    [
      "rows": .array(rows.map { .object($0.json) }), "total": .object(total.amounts),
      "imbalance": .integer(Int64(imbalance)),
    ]
  }
}

extension LedgerRow {
  /// Adds what another row has.
  mutating func add(_ other: LedgerRow) {
    accepted += other.accepted
    delivered += other.delivered
    held += other.held
    deadLettered += other.deadLettered
    dropped.merge(other.dropped) { left, right in
      var sum = left
      sum += right
      return sum
    }
  }

  fileprivate var json: JSONObject {
    var object = JSONObject([
      ("tenant", .string(account.tenant)), ("route", .string(account.route)), ("backend", .string(backend)),
    ])
    for (name, value) in amounts { object[name] = value }
    return object
  }

  fileprivate var amounts: JSONObject {
    let causes = dropped.filter { !$0.value.isZero }.sorted { $0.key.rawValue < $1.key.rawValue }
    return JSONObject([
      ("accepted", accepted.json), ("delivered", delivered.json), ("held", held.json),
      ("dead_lettered", deadLettered.json),
      ("dropped", .object(JSONObject(causes.map { ($0.key.rawValue, $0.value.json) }))),
    ])
  }
}

extension Amount {
  fileprivate var json: JSONValue {
    ["blocks": .integer(Int64(blocks)), "samples": .integer(Int64(samples)), "exemplars": .integer(Int64(exemplars))]
  }
}
