// How the words of the contract are written, in records and checkpoints alike.

extension ByteWriter {
  mutating func write(_ lane: LaneKey) {
    write(lane.backend)
    write(lane.tenant)
    write(UInt64(lane.shard))
    write(lane.headers)
  }

  mutating func write(_ account: Account) {
    write(account.tenant)
    write(account.route)
  }

  mutating func write(_ contents: Contents) {
    write(contents.series)
    write(contents.samples)
    write(contents.histograms)
    write(contents.exemplars)
    write(contents.metadata)
  }

  mutating func write(_ amount: Amount) {
    write(amount.blocks)
    write(amount.samples)
    write(amount.exemplars)
  }

  mutating func write(_ cause: DropCause) { write(cause.rawValue) }
}

extension ByteReader {
  mutating func lane() throws(Malformed) -> LaneKey {
    let backend = try text()
    let tenant = try text()
    guard let shard = Int(exactly: try number()) else { throw Malformed() }
    return LaneKey(backend: backend, tenant: tenant, shard: shard, headers: try text())
  }

  mutating func account() throws(Malformed) -> Account { Account(tenant: try text(), route: try text()) }

  mutating func contents() throws(Malformed) -> Contents {
    Contents(
      series: try int(), samples: try int(), histograms: try int(), exemplars: try int(), metadata: try int())
  }

  mutating func amount() throws(Malformed) -> Amount {
    Amount(blocks: try int(), samples: try int(), exemplars: try int())
  }

  mutating func cause() throws(Malformed) -> DropCause {
    guard let cause = DropCause(rawValue: try text()) else { throw Malformed() }
    return cause
  }
}
