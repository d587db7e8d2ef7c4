/// What was accepted, and what became of it, by account and backend. What is held is not in here: the lanes say that, so
/// that the two can be held against each other.
struct Books {
  /// Names a row.
  struct Key: Hashable {
    var account: Account
    /// Empty for what was dropped before it was clear for which backend.
    var backend: String
  }

  struct Row: Equatable {
    var accepted = Amount()
    var delivered = Amount()
    var deadLettered = Amount()
    var dropped: [DropCause: Amount] = [:]
  }

  /// Rows beyond which new tenants are booked as one: names come from outside.
  static let mostRows = 50_000
  static let others = "other"

  private(set) var rows: [Key: Row]

  init(rows: [Key: Row] = [:]) { self.rows = rows }

  /// The account under which `account` is booked from the acceptance on.
  func folded(_ account: Account, _ backend: String) -> Account {
    guard rows.count >= Self.mostRows, rows[Key(account: account, backend: backend)] == nil else { return account }
    return Account(tenant: Self.others, route: account.route)
  }

  mutating func accept(_ amount: Amount, _ key: Key) { rows[key, default: Row()].accepted += amount }

  mutating func accept(_ movement: Movement) {
    let account = folded(movement.account, movement.backend)
    let key = Key(account: account, backend: movement.backend)
    let amount = Amount(movement.contents, blocks: 0)
    rows[key, default: Row()].accepted += amount
    rows[key, default: Row()].dropped[movement.cause, default: Amount()] += amount
  }

  mutating func accept(_ drop: Note.Drop) {
    let key = Key(account: drop.account, backend: drop.backend)
    accept(drop.amount, key)
    self.drop(drop.amount, drop.cause, key)
  }

  /// A block that was accepted has left its lane.
  mutating func settle(_ booking: Booking, _ key: Key) {
    rows[key, default: Row()].delivered += booking.delivered
    for letter in booking.letters { rows[key, default: Row()].deadLettered += letter }
    drop(booking.dropped, booking.cause, key)
  }

  /// A block that somebody waited for has left its lane: what was delivered or kept is accepted now, the rest never was.
  mutating func settleAwaited(_ booking: Booking, _ key: Key) {
    var accepted = booking.delivered
    for letter in booking.letters { accepted += letter }
    guard !accepted.isZero else { return }
    accept(accepted, key)
    rows[key, default: Row()].delivered += booking.delivered
    for letter in booking.letters { rows[key, default: Row()].deadLettered += letter }
  }

  mutating func drop(_ amount: Amount, _ cause: DropCause, _ key: Key) {
    guard !amount.isZero else { return }
    rows[key, default: Row()].dropped[cause, default: Amount()] += amount
  }

  /// A dead letter has gone for good.
  mutating func dropLetter(_ amount: Amount, _ cause: DropCause, _ key: Key) {
    rows[key, default: Row()].deadLettered -= amount
    drop(amount, cause, key)
  }

  /// Dead letters of a time of which there are no books.
  mutating func adoptLetters(_ amount: Amount, _ key: Key) {
    rows[key, default: Row()].accepted += amount
    rows[key, default: Row()].deadLettered += amount
  }

  /// A dead letter is back in its lane, where it is a block of its own, even if it was but a part of one before.
  mutating func replayLetter(_ amount: Amount, _ key: Key) {
    rows[key, default: Row()].deadLettered -= amount
    rows[key, default: Row()].accepted += Amount(blocks: 1 - amount.blocks)
  }

  func ledger(held: [Key: Amount]) -> [LedgerRow] {
    var keys = Set(rows.keys)
    keys.formUnion(held.keys)
    return keys.map { key in
      let row = rows[key] ?? Row()
      var result = LedgerRow(account: key.account, backend: key.backend)
      result.accepted = row.accepted
      result.delivered = row.delivered
      result.held = held[key] ?? Amount()
      result.deadLettered = row.deadLettered
      result.dropped = row.dropped
      return result
    }
  }
}
