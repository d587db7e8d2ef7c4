/// Which dead letters there are and where. Under the spool's lock.
struct DeadLetterIndex {
  struct Item {
    var id: UInt64
    var lane: LaneKey
    var account: Account
    var amount: Amount
    /// Nanoseconds since 1970.
    var refusedAt: Int64
    /// Bytes on disk.
    var length: Int
    var place: Place
    /// It is on its way back into its lane.
    var isLeaving = false

    var gone: Note.GoneLetter {
      Note.GoneLetter(id: id, account: account, backend: lane.backend, amount: amount)
    }
  }

  enum Place {
    /// Not written yet.
    case memory(DeadLetter, Payload)
    case disk(LetterPlace)
  }

  private(set) var items: [Item] = []
  private(set) var bytes = 0
  private(set) var pendingBytes = 0
  private var unwritten = 0
  var hasUnwritten: Bool { unwritten > 0 }
  var nextID: UInt64 = 1
  /// Where letters were that are gone, for the files to follow.
  private(set) var vacated: [LetterPlace] = []
  private let limits: DeadLetterLimits

  /// What may wait in memory for a disk that takes nothing.
  private static let mostPending = 16 << 20

  init(_ limits: DeadLetterLimits) { self.limits = limits }

  /// How many of these, from the first on, can be kept.
  func room(for payloads: [Payload]) -> Int {
    var sum = pendingBytes
    return payloads.prefix { payload in
      sum += payload.count
      return sum <= Self.mostPending || sum == payload.count
    }.count
  }

  /// - Returns: the id of the letter.
  mutating func add(
    _ burial: Burial, _ amount: Amount, of block: BlockHeader, _ lane: LaneKey, storedAt: Int64, refusedAt: Int64
  ) -> UInt64 {
    let id = nextID
    nextID += 1
    let letter = DeadLetter(
      id: id, lane: lane, account: block.account, storedAt: Int(storedAt / 1_000_000),
      refusedAt: Int(refusedAt / 1_000_000), status: burial.status, reason: String(burial.reason.prefix(1024)),
      contents: burial.payload.contents, bytes: burial.payload.count, rawBytes: burial.payload.rawBytes,
      amount: amount)
    let length = RecordHeader.aligned(RecordHeader.size + letter.description().count + letter.bytes)
    items.append(
      Item(
        id: id, lane: lane, account: block.account, amount: amount, refusedAt: refusedAt, length: length,
        place: .memory(letter, burial.payload)))
    bytes += length
    pendingBytes += letter.bytes
    unwritten += 1
    return id
  }

  /// A letter that was found on disk.
  mutating func restore(_ letter: DeadLetter, length: Int, at place: LetterPlace) {
    items.append(
      Item(
        id: letter.id, lane: letter.lane, account: letter.account, amount: letter.amount,
        refusedAt: Int64(letter.refusedAt) * 1_000_000, length: length, place: .disk(place)))
    bytes += length
    nextID = max(nextID, letter.id + 1)
  }

  mutating func sort() { items.sort { $0.id < $1.id } }

  /// Letters that are still to be written, in order.
  func unwritten(_ ids: [UInt64]) -> [(letter: DeadLetter, payload: Payload)] {
    ids.compactMap { id in
      guard let index = index(of: id), case .memory(let letter, let payload) = items[index].place else { return nil }
      return (letter, payload)
    }
  }

  mutating func written(_ id: UInt64, at place: LetterPlace) {
    guard let index = index(of: id) else { return vacated.append(place) }
    if case .memory(let letter, _) = items[index].place {
      pendingBytes -= letter.bytes
      unwritten -= 1
    }
    items[index].place = .disk(place)
  }

  func item(_ id: UInt64) -> Item? { index(of: id).map { items[$0] } }

  /// From behind `id` on.
  func items(of backend: String, after id: UInt64, limit: Int) -> [Item] {
    var start = place(of: id)
    if start < items.count, items[start].id == id { start += 1 }
    return Array(items[start...].lazy.filter { $0.lane.backend == backend && !$0.isLeaving }.prefix(limit))
  }

  func chosen(_ selection: DeadLetterSelection, of backend: String) -> [Item] {
    switch selection {
    case .all: items(of: backend, after: 0, limit: .max)
    case .ids(let ids):
      Set(ids).sorted().compactMap { item($0) }.filter { $0.lane.backend == backend && !$0.isLeaving }
    }
  }

  /// The letter is to go back into its lane.
  /// - Returns: whether it is there, and not on its way already.
  mutating func take(_ id: UInt64) -> Bool {
    guard let index = index(of: id), !items[index].isLeaving else { return false }
    items[index].isLeaving = true
    return true
  }

  /// It could not.
  mutating func putBack(_ id: UInt64) {
    if let index = index(of: id) { items[index].isLeaving = false }
  }

  @discardableResult mutating func remove(_ id: UInt64) -> Item? {
    guard let index = index(of: id) else { return nil }
    let item = items.remove(at: index)
    letGo(item)
    return item
  }

  private mutating func letGo(_ item: Item) {
    bytes -= item.length
    switch item.place {
    case .memory(let letter, _):
      pendingBytes -= letter.bytes
      unwritten -= 1
    case .disk(let place): vacated.append(place)
    }
  }

  /// Takes out what is beyond the limits, the oldest first; then a hundredth more, so that it is not one at a time.
  mutating func overflow(at time: Int64) -> [Note.GoneLetter] {
    let (seconds, attoseconds) = limits.age.components
    let oldest = time - seconds * 1_000_000_000 - attoseconds / 1_000_000_000
    var most = (bytes: limits.bytes, letters: limits.letters)
    if bytes > most.bytes || items.count > most.letters {
      most = (most.bytes - most.bytes / 100, most.letters - most.letters / 100)
    }
    var left = (bytes: bytes, letters: items.count)
    let gone = items.prefix { item in
      guard item.isLeaving || left.bytes > most.bytes || left.letters > most.letters || item.refusedAt < oldest else {
        return false
      }
      if !item.isLeaving { left = (left.bytes - item.length, left.letters - 1) }
      return true
    }
    let staying = gone.filter(\.isLeaving)
    for item in gone where !item.isLeaving { letGo(item) }
    items.replaceSubrange(..<gone.count, with: staying)
    return gone.filter { !$0.isLeaving }.map(\.gone)
  }

  mutating func vacate(_ places: [LetterPlace]) { vacated += places }

  mutating func takeVacated() -> [LetterPlace] {
    defer { vacated.removeAll() }
    return vacated
  }

  private func index(of id: UInt64) -> Int? {
    let place = place(of: id)
    return place < items.count && items[place].id == id ? place : nil
  }

  private func place(of id: UInt64) -> Int {
    var low = 0
    var high = items.count
    while low < high {
      let middle = (low + high) / 2
      if items[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
