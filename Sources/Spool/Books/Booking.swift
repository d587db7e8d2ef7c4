/// What the outcome of one block means for the books: a value, decided without side effects.
///
/// The parts always add up to the block, whatever the outcome says: what a backend claims to have refused beyond what
/// the block held is not booked.
struct Booking: Equatable {
  var delivered = Amount()
  /// One for each letter; the first stands for the block where nothing of it was delivered.
  var letters: [Amount] = []
  var dropped = Amount()
  /// Why `dropped` was.
  var cause = DropCause.refused

  init(delivered: Amount, letters: [Amount], dropped: Amount, cause: DropCause) {
    self.delivered = delivered
    self.letters = letters
    self.dropped = dropped
    self.cause = cause
  }

  /// - Parameters:
  ///   - contents: of the block.
  ///   - letters: of each part that becomes a dead letter.
  init(_ outcome: Outcome, of contents: Contents, letters: [Contents]) {
    let whole = Amount(contents, blocks: 1)
    var refused = Amount()
    switch outcome {
    case .delivered: delivered = whole
    case .partlyDelivered(let part, _, _):
      refused = Amount(part, blocks: 0).limited(to: whole)
      delivered = whole
      delivered -= refused
    case .refused: refused = whole
    case .retryable:
      dropped = whole
      cause = .retriesExhausted
    case .dropped(let cause):
      dropped = whole
      self.cause = cause
    }
    for letter in letters {
      let part = Amount(letter, blocks: refused.blocks).limited(to: refused)
      refused -= part
      self.letters.append(part)
    }
    dropped += refused
  }
}

extension Amount {
  /// Of each part no more than `limit` has.
  fileprivate func limited(to limit: Amount) -> Amount {
    Amount(
      blocks: min(blocks, limit.blocks), samples: min(samples, limit.samples),
      exemplars: min(exemplars, limit.exemplars))
  }
}
