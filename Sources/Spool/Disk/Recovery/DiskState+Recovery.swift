// What an earlier process left.
extension DiskState {
  mutating func restore(_ saved: SavedLane) {
    let lane = lane(saved.key)
    lane.restore(saved, clock)
    let name = saved.key.backend
    queues[name, default: Queue(limits: QueueLimits(bytes: 0), isOpen: false)].status.lanes += 1
    queues[name]?.status.blocks += saved.blocks
    queues[name]?.status.bytes += saved.bytes
    queues[name]?.status.contents += saved.contents
    announce(lane)
  }

  /// - Parameter isKnown: whether there is a block with this position, or was at the checkpoint.
  mutating func replay(_ note: Note, isKnown: (UInt64) -> Bool) {
    switch note {
    case .released(let lane, let releases):
      for release in releases {
        if release.position.map(isKnown) ?? true { replay(release, in: lane) }
        for id in release.letters { letters.nextID = max(letters.nextID, id + 1) }
      }
    case .dropped(let drops):
      for drop in drops { books.accept(drop) }
    case .lettersGone(let gone, let cause):
      for letter in gone {
        letters.remove(letter.id)
        books.dropLetter(letter.amount, cause, Books.Key(account: letter.account, backend: letter.backend))
      }
    }
  }
}

extension Books {
  /// Dead letters that the books know and the disk does not are damaged; those that only the disk knows were accepted at
  /// a time of which there are no books.
  /// - Returns: what is missing.
  mutating func settleLetters(_ found: [Key: Amount]) -> [Key: Amount] {
    var lost: [Key: Amount] = [:]
    for key in Set(rows.keys).union(found.keys) {
      var missing = rows[key]?.deadLettered ?? Amount()
      missing -= found[key] ?? Amount()
      guard !missing.isZero else { continue }
      dropLetter(missing.positive, .damaged, key)
      adoptLetters(missing.negative, key)
      if !missing.positive.isZero { lost[key] = missing.positive }
    }
    return lost
  }
}

extension Amount {
  fileprivate var positive: Amount {
    Amount(blocks: max(0, blocks), samples: max(0, samples), exemplars: max(0, exemplars))
  }

  fileprivate var negative: Amount {
    Amount(blocks: max(0, -blocks), samples: max(0, -samples), exemplars: max(0, -exemplars))
  }
}

extension Segment {
  init(_ saved: SavedSegment) {
    self.init(number: saved.number, id: saved.id, firstSequence: saved.firstSequence, size: saved.size)
    lastSequence = saved.lastSequence
    live = saved.live
    blocks = saved.blocks
  }
}

extension StoredBlock {
  func header(_ clock: SpoolClock) -> BlockHeader {
    BlockHeader(
      position: Position(order: position), storedAt: clock.instant(of: storedAt), account: account, contents: contents,
      bytes: payload.count, rawBytes: rawBytes)
  }
}
