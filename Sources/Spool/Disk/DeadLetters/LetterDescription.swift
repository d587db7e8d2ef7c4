// How a dead letter is described in its record; its id is the record's sequence number.
extension DeadLetter {
  func description() -> [UInt8] {
    var writer = ByteWriter()
    writer.write(lane)
    writer.write(account)
    for number in [storedAt, refusedAt, status, rawBytes] { writer.write(number) }
    writer.write(reason)
    writer.write(contents)
    writer.write(amount)
    return writer.bytes
  }

  init(_ description: [UInt8], id: UInt64, bytes: Int) throws(ByteReader.Malformed) {
    var reader = ByteReader(description)
    let (lane, account) = (try reader.lane(), try reader.account())
    let (storedAt, refusedAt) = (try reader.int(), try reader.int())
    let (status, rawBytes) = (try reader.int(), try reader.int())
    self.init(
      id: id, lane: lane, account: account, storedAt: storedAt, refusedAt: refusedAt, status: status,
      reason: try reader.text(), contents: try reader.contents(), bytes: bytes, rawBytes: rawBytes,
      amount: try reader.amount())
  }
}
