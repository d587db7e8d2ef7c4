/// An append on its way to disk.
struct PendingAppend {
  /// A payload and the lanes that carry it.
  struct Item {
    var payload: Payload
    /// Loose content of later appends that goes the same way, to be encoded behind `payload`.
    var joined: [Payload] = []
    var checksum: UInt32
    var entries: [Entry]
    /// What all contents together may come to.
    var limit = ReadLimit()
    /// Samples and native histograms of all contents.
    var batchSize: Int
    /// Bytes that each of its queues has reserved for it: of what is loose as it is, which is more than it will take.
    var reserved: Int
    /// Blocks that somebody waits for are not stored.
    var isStored: Bool
    var replayed: ReplayedLetter?
    /// Of the first entry; the others follow.
    var sequence: UInt64 = 0
  }

  var items: [Item]
  /// What goes into the books in the same step.
  var drops: [Note.Drop] = []
  /// Of the record of the drops.
  var dropsSequence: UInt64 = 0
  var time: ContinuousClock.Instant
  /// Nanoseconds since 1970.
  var storedAt: Int64
  /// Who waits for it: of appends that were joined there are several.
  var kept: [@Sendable ((any Error)?) -> Void]
  /// Bytes that it holds in memory until it is written.
  var bytes = 0

  /// Whether any of it is written.
  var isStored: Bool { !drops.isEmpty || items.contains(where: \.isStored) }
}

extension PendingAppend.Item {
  /// Puts entries with one payload together, as far as that leaves the order in every lane.
  static func items(of entries: [Entry]) -> [PendingAppend.Item] {
    var items: [PendingAppend.Item] = []
    for entry in entries {
      let isStored = entry.attempts == .untilExpired
      if let index = items.lastIndex(where: { $0.payload === entry.payload && $0.isStored == isStored }),
        !items[(index + 1)...].contains(where: { $0.goes(to: entry.lane) })
      {
        items[index].entries.append(entry)
      } else {
        // Of what is loose it is known once it is packed.
        let checksum = isStored && !entry.payload.isLoose ? Checksum.of(entry.payload.bytes) : 0
        items.append(
          PendingAppend.Item(
            payload: entry.payload, checksum: checksum, entries: [entry],
            batchSize: entry.payload.contents.batchSize, reserved: entry.payload.count, isStored: isStored))
      }
    }
    return items
  }

  var isLoose: Bool { payload.isLoose }

  /// Encodes what is loose.
  mutating func pack() {
    guard let packer = payload.packer else { return }
    payload = packer.pack([payload] + joined)
    joined = []
    checksum = isStored ? Checksum.of(payload.bytes) : 0
  }

  private func goes(to lane: LaneKey) -> Bool { entries.contains { $0.lane == lane } }

  var description: BlockDescription {
    BlockDescription(
      rawBytes: payload.rawBytes, contents: payload.contents,
      targets: entries.map { BlockDescription.Target(lane: $0.lane, account: $0.account) }, replayed: replayed)
  }
}
