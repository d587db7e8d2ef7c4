internal import Logging
internal import Threads

extension DiskSpool {
  public func deadLetters(of backend: String, after id: UInt64, limit: Int) -> [DeadLetter] {
    let items = state.withLock { $0.letters.items(of: backend, after: id, limit: limit) }
    return items.compactMap { letter($0)?.letter }
  }

  public func deadLetter(_ id: UInt64) -> (letter: DeadLetter, payload: Payload)? {
    state.withLock { $0.letters.item(id) }.flatMap { letter($0) }
  }

  public func replay(_ letters: DeadLetterSelection, of backend: String) -> Int {
    let progress = Condition((underWay: 0, done: 0))
    for item in state.withLock({ $0.letters.chosen(letters, of: backend) }) {
      guard let (letter, payload) = letter(item) else { continue }
      progress.wait { $0.underWay < Self.mostReplays ? $0.underWay += 1 : nil }
      let isTaken = replay(letter, payload) { error in
        progress.withLock { progress in
          progress.underWay -= 1
          progress.done += error == nil ? 1 : 0
        }
        progress.signal()
      }
      guard isTaken else {
        progress.withLock { $0.underWay -= 1 }
        break
      }
    }
    return progress.wait { $0.underWay == 0 ? $0.done : nil }
  }

  /// Replays that are on their way to disk together.
  private static let mostReplays = 64

  public func delete(_ letters: DeadLetterSelection, of backend: String) -> Int {
    let count = state.withLock { state in
      let gone = state.letters.chosen(letters, of: backend).map(\.gone)
      for letter in gone { state.letters.remove(letter.id) }
      if !gone.isEmpty { state.drop(gone, .deleted) }
      return gone.count
    }
    state.signal()
    return count
  }

  /// - Parameter kept: called if there was room for it.
  /// - Returns: whether there was.
  private func replay(
    _ letter: DeadLetter, _ payload: Payload, kept: @escaping @Sendable ((any Error)?) -> Void
  ) -> Bool {
    let time = clock.now
    let entry = Entry(lane: letter.lane, account: letter.account, payload: payload)
    let replayed = ReplayedLetter(id: letter.id, amount: letter.amount)
    let item = PendingAppend.Item(
      payload: payload, checksum: Checksum.of(payload.bytes), entries: [entry],
      batchSize: payload.contents.batchSize, reserved: payload.count, isStored: true, replayed: replayed)
    let append = PendingAppend(items: [item], time: time, storedAt: clock.wall(of: time), kept: [kept])
    let isTaken = state.withLock { state in
      guard !state.isClosed, state.failure == nil, state.pendingBytes <= options.pendingBytes,
        state.queues[letter.lane.backend]?.isOpen == true, state.fits(payload.count, in: letter.lane.backend),
        state.letters.take(letter.id)
      else { return false }
      state.enqueue(append)
      return true
    }
    if isTaken { state.signal() }
    return isTaken
  }

  private func letter(_ item: DeadLetterIndex.Item) -> (letter: DeadLetter, payload: Payload)? {
    switch item.place {
    case .memory(let letter, let payload): return (letter, payload)
    case .disk(let place):
      do throws(DiskError) {
        if let found = try DeadLetterFiles.read(place, in: folders.deadLetters, disk: disk) { return found }
        damages.report(DeadLetterFiles.path(place.file, in: folders.deadLetters), "a dead letter is damaged")
      } catch {
        // It may have been deleted just now.
        guard !error.isPassing, state.withLock({ $0.letters.item(item.id) != nil }) else { return nil }
        damages.report(error.path, "a dead letter cannot be read", ["error": "\(error)"])
      }
      return nil
    }
  }
}
