internal import Spool

/// Refused blocks being taken apart by halves until what their backend will not take stands alone: a value, decided
/// without side effects.
///
/// The items of all blocks are numbered through: what a `Splitter` finds, or whole blocks. What is undecided is sent from
/// the left to the right, so that every series keeps its order, and what was delivered is not sent again. One bad item
/// among n takes at most 2·⌈log2 n⌉ requests.
struct Bisection {
  /// A block, or a range of its decoded bytes.
  struct Part {
    let block: Block
    let bytes: Range<Int>?
  }

  /// What was refused of a block, all with the same answer.
  struct Refused: Equatable {
    fileprivate(set) var items: Range<Int>
    let refusal: Refusal
  }

  /// A block and what has become of its items so far.
  struct Piece {
    let block: Block
    /// As `Splitter.boundaries` has it; empty for a block that goes whole or not at all.
    fileprivate let boundaries: [Int]
    fileprivate let items: Range<Int>
    fileprivate(set) var refused: [Refused] = []
    /// What was not written of which only the count is known, and the answer that told it.
    fileprivate(set) var lost = Contents()
    fileprivate(set) var loss: Refusal?

    /// Whether nothing of it was taken.
    var isRefused: Bool { refused.reduce(0) { $0 + $1.items.count } == items.count }
    /// Ranges of its decoded bytes, nil for all of it.
    func bytes(_ items: Range<Int>) -> Range<Int>? {
      guard items != self.items, !boundaries.isEmpty else { return nil }
      let first = self.items.lowerBound
      return boundaries[items.lowerBound - first]..<boundaries[items.upperBound - first]
    }
  }

  private(set) var pieces: [Piece] = []
  // The next to send is the last one.
  private var pending: [Range<Int>] = []
  private let mostRequests: Int
  private var requestsLeft: Int
  private let end: Int
  // Items before this one may have been written before.
  private var doubtfulEnd = 0
  private var refusedAlone = 0

  /// So many items refused as out of order one after the other, and none taken, show that all have been written before.
  static let proof = 16

  /// - Parameters:
  ///   - boundaries: of each block; empty for one that cannot be taken apart.
  ///   - blockwise: whether each block is sent alone first, rather than half of all.
  ///   - mayBeWritten: whether these very blocks were sent before and no answer came. If they were written, every sample
  ///     that is not the newest of its series is refused now, and to find that out one by one would take for ever.
  ///   - mostRequests: after so many only block is parted from block, so that none pays for another; after as many again
  ///     what is refused is refused as it was sent.
  init(
    of blocks: [(block: Block, boundaries: [Int])], _ refusal: Refusal, blockwise: Bool, mayBeWritten: Bool = false,
    mostRequests: Int
  ) {
    self.mostRequests = mostRequests
    // The refusal that began it is not one of them.
    requestsLeft = mostRequests + 1
    var number = 0
    for (block, boundaries) in blocks {
      let items = number..<(number + max(1, boundaries.count - 1))
      pieces.append(Piece(block: block, boundaries: boundaries.count > 2 ? boundaries : [], items: items))
      number = items.upperBound
    }
    end = number
    if mayBeWritten { doubtfulEnd = end }
    if blockwise, pieces.count > 1 {
      pending = pieces.reversed().map(\.items)
    } else {
      pending = [0..<end]
      refuse(refusal)
    }
  }

  var isOver: Bool { pending.isEmpty }

  /// What is to be sent now, in order; nothing when it is over.
  var next: [Part] {
    guard let range = pending.last else { return [] }
    return overlapping(range).map { index in
      Part(block: pieces[index].block, bytes: pieces[index].bytes(range.clamped(to: pieces[index].items)))
    }
  }

  /// Whether the next is one block's, which is to be tried once.
  var isNextAwaited: Bool {
    guard let range = pending.last, let first = overlapping(range).first else { return false }
    return range.upperBound <= pieces[first].items.upperBound && pieces[first].block.attempts == .once
  }

  /// The next was taken.
  mutating func accept() {
    requestsLeft -= 1
    doubtfulEnd = 0
    pending.removeLast()
  }

  /// The next was taken but for so much of it.
  mutating func accept(without lost: Contents, _ refusal: Refusal) {
    requestsLeft -= 1
    doubtfulEnd = 0
    guard let range = pending.popLast() else { return }
    var rest = lost
    for index in overlapping(range) {
      let share = rest.common(with: pieces[index].block.payload.contents)
      rest -= share
      pieces[index].lost += share
      pieces[index].loss = refusal
    }
  }

  /// The next was sent and had no answer.
  mutating func doubt() {
    refusedAlone = 0
    doubtfulEnd = pending.last?.upperBound ?? 0
  }

  /// The next was refused: it is halved, or that was the end of it.
  mutating func refuse(_ refusal: Refusal) {
    guard let range = pending.popLast() else { return }
    requestsLeft -= 1
    if range.count == 1, refusal.isAboutOrder { refusedAlone += 1 }
    if range.lowerBound < doubtfulEnd, refusedAlone >= Self.proof { return buryDoubtful(from: range, refusal) }
    guard refusal.fault != .request, let middle = middle(of: range) else { return bury(range, refusal) }
    pending.append(middle..<range.upperBound)
    pending.append(range.lowerBound..<middle)
  }

  /// The blocks from the front on which all is decided; they are not seen again.
  mutating func takeDecided() -> [Piece] {
    let decided = pending.last?.lowerBound ?? end
    let taken = pieces.prefix { $0.items.upperBound <= decided }
    pieces.removeFirst(taken.count)
    return Array(taken)
  }

  /// Forgets blocks that have left their lane in another way.
  mutating func forget(_ gone: Set<Position>) {
    let holes = pieces.filter { gone.contains($0.block.position) }.map(\.items)
    pieces.removeAll { gone.contains($0.block.position) }
    for hole in holes { pending = pending.flatMap { $0.around(hole) } }
  }

  /// Where to halve a range; nil where that is the end of it.
  private func middle(of range: Range<Int>) -> Int? {
    if requestsLeft > 0 { return range.count > 1 ? range.lowerBound + range.count / 2 : nil }
    guard requestsLeft > -mostRequests else { return nil }
    let starts = overlapping(range).dropFirst().map { pieces[$0].items.lowerBound }
    return starts.isEmpty ? nil : starts[starts.count / 2]
  }

  private mutating func buryDoubtful(from range: Range<Int>, _ refusal: Refusal) {
    bury(range, refusal)
    while let next = pending.last, next.lowerBound < doubtfulEnd {
      pending.removeLast()
      bury(next, refusal)
    }
  }

  private mutating func bury(_ range: Range<Int>, _ refusal: Refusal) {
    for index in overlapping(range) {
      let items = range.clamped(to: pieces[index].items)
      if let last = pieces[index].refused.indices.last, pieces[index].refused[last].refusal == refusal,
        pieces[index].refused[last].items.upperBound == items.lowerBound
      {
        pieces[index].refused[last].items = pieces[index].refused[last].items.lowerBound..<items.upperBound
      } else {
        pieces[index].refused.append(Refused(items: items, refusal: refusal))
      }
    }
  }

  private func overlapping(_ range: Range<Int>) -> [Int] {
    pieces.indices.filter { pieces[$0].items.overlaps(range) }
  }
}

extension Range<Int> {
  /// What is left of it without `hole`, the right side first.
  fileprivate func around(_ hole: Range<Int>) -> [Range<Int>] {
    let left = lowerBound..<Swift.max(lowerBound, Swift.min(upperBound, hole.lowerBound))
    let right = Swift.min(upperBound, Swift.max(lowerBound, hole.upperBound))..<upperBound
    return [right, left].filter { !$0.isEmpty }
  }
}

extension Contents {
  /// The part of `other` that this covers; series and metadata, which nobody refuses by count, are left out.
  func common(with other: Contents) -> Contents {
    Contents(
      samples: min(samples, other.samples), histograms: min(histograms, other.histograms),
      exemplars: min(exemplars, other.exemplars))
  }
}
