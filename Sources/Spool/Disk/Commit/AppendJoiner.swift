/// Puts together what small requests have brought since the last commit: contents that go the same way become one block, and
/// their appends one, which is kept or lost as a whole.
///
/// A content joins another only where nothing of its lanes came between, so that the order in every lane stays.
struct AppendJoiner {
  private var done: [PendingAppend] = []
  private var current: PendingAppend?
  /// Of each lane, the item of `current` that came last.
  private var last: [LaneKey: Int] = [:]
  /// Bytes of one append.
  private let most: Int

  /// - Parameter most: appends are joined up to so many bytes: all of them are lost if the write fails.
  static func join(_ appends: [PendingAppend], most: Int) -> [PendingAppend] {
    guard appends.count > 1 else { return appends }
    var joiner = AppendJoiner(most: most)
    for append in appends { joiner.add(append) }
    joiner.end()
    return joiner.done
  }

  private init(most: Int) { self.most = most }

  private mutating func add(_ append: PendingAppend) {
    let hasLoose = append.items.contains(where: \.isLoose)
    if !hasLoose || (current?.bytes ?? 0) + append.bytes > most { end() }
    guard hasLoose else {
      done.append(append)
      return
    }
    current = current?.adding(append) ?? PendingAppend(joining: append)
    for item in append.items { add(item) }
  }

  private mutating func add(_ item: PendingAppend.Item) {
    if let index = item.entries.first.flatMap({ last[$0.lane] }), item.entries.allSatisfy({ last[$0.lane] == index }),
      current?.items[index].join(item) == true
    {
      return
    }
    let index = current?.items.count ?? 0
    current?.items.append(item)
    for entry in item.entries { last[entry.lane] = index }
  }

  private mutating func end() {
    if let current { done.append(current) }
    current = nil
    last.removeAll(keepingCapacity: true)
  }
}

extension PendingAppend {
  /// As `append`, but without its items.
  fileprivate init(joining append: PendingAppend) {
    self = append
    items = []
  }

  /// With what concerns all of `more`, but without its items.
  fileprivate func adding(_ more: PendingAppend) -> PendingAppend {
    var sum = self
    sum.drops += more.drops
    sum.dropsSequence = more.dropsSequence
    sum.kept += more.kept
    sum.bytes += more.bytes
    return sum
  }
}

extension PendingAppend.Item {
  /// Takes the content of `other`, if it goes the same way and there is room.
  /// - Returns: whether it did.
  fileprivate mutating func join(_ other: PendingAppend.Item) -> Bool {
    guard let packer = payload.packer, packer === other.payload.packer, isStored, other.isStored,
      entries.count == other.entries.count,
      zip(entries, other.entries).allSatisfy({ $0.lane == $1.lane && $0.account == $1.account })
    else { return false }
    guard reserved + other.reserved <= limit.rawBytes, batchSize + other.batchSize <= limit.batchSize else {
      return false
    }
    joined.append(other.payload)
    reserved += other.reserved
    batchSize += other.batchSize
    return true
  }
}
