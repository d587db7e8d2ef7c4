/// What a record of a block says of it, beside its bytes.
struct BlockDescription: Equatable {
  /// Where the block goes, one for each lane, with sequence numbers from the record's own on.
  struct Target: Equatable {
    var lane: LaneKey
    var account: Account
  }

  var rawBytes: Int
  var contents: Contents
  var targets: [Target]
  /// The dead letter that this block was before, if it was one.
  var replayed: ReplayedLetter?

  func bytes() -> [UInt8] {
    var writer = ByteWriter()
    writer.write(rawBytes)
    writer.write(contents)
    writer.write(targets) { writer, target in
      writer.write(target.lane)
      writer.write(target.account)
    }
    writer.write(replayed != nil)
    if let replayed {
      writer.write(replayed.id)
      writer.write(replayed.amount)
    }
    return writer.bytes
  }

  init(rawBytes: Int, contents: Contents, targets: [Target], replayed: ReplayedLetter? = nil) {
    self.rawBytes = rawBytes
    self.contents = contents
    self.targets = targets
    self.replayed = replayed
  }

  init(_ bytes: [UInt8]) throws(ByteReader.Malformed) {
    var reader = ByteReader(bytes)
    rawBytes = try reader.int()
    contents = try reader.contents()
    targets = try reader.list { reader throws(ByteReader.Malformed) in
      Target(lane: try reader.lane(), account: try reader.account())
    }
    if try reader.bool() { replayed = ReplayedLetter(id: try reader.number(), amount: try reader.amount()) }
  }
}

/// A dead letter that goes back into its lane.
struct ReplayedLetter: Equatable {
  var id: UInt64
  /// What it stood for in the books.
  var amount: Amount
}
