internal import Memory

/// What the requests of one worker take of the memory budget.
///
/// A worker has a few MiB of its own, counted from its start to its end, so that usual requests touch no counter that all
/// workers share. Who needs more asks before the memory is taken. Of that, some is kept, and stays counted, as long as requests
/// come that need it: every page of memory that is given back has to be made anew for the next. One a worker, on its thread.
final class RequestMemory {
  /// Bytes that a worker works with, and keeps, without asking: 8 MiB, or, with all other workers, an eighth of the budget.
  static func standing(_ budget: MemoryBudget, workers: Int) -> Int { min(8 << 20, budget.limit / 8 / max(1, workers)) }

  /// What a worker keeps beyond that at most; of a small budget a share alone.
  private static let mostKept = 24 << 20
  private static let shareKept = 32
  /// After so many requests in a row that do not need it, it is given back.
  static let keptFor = 64

  private let budget: MemoryBudget
  private let standing: Int
  private let workers: Int
  private var reserved = 0
  private var wanted = 0
  private var smallRequests = 0
  /// Whether the request was told no.
  private(set) var isShort = false

  /// - Parameter workers: how many of these share the budget.
  init(_ budget: MemoryBudget, workers: Int) {
    self.budget = budget
    self.workers = workers
    standing = Self.standing(budget, workers: workers)
    budget.add(standing)
  }

  deinit { budget.release(standing + reserved) }

  /// Whether the request may have `bytes` in all, what it has had already among them.
  func allows(_ bytes: Int) -> Bool {
    wanted = max(wanted, bytes)
    let more = wanted - standing - reserved
    guard more > 0 else { return true }
    guard budget.reserve(more) else {
      isShort = true
      return false
    }
    reserved += more
    return true
  }

  /// As `allows`, or why not: 413 where the memory could not be had even if nobody else had any, else 503.
  func demand(_ bytes: Int, _ format: WireFormat) throws(IngestRequest.Refusal) {
    guard !allows(bytes) else { return }
    throw refusal(format)
  }

  /// The refusal for what was last asked for and not allowed.
  func refusal(_ format: WireFormat) -> IngestRequest.Refusal {
    wanted > budget.limit - (workers - 1) * standing
      ? .init(format, 413, "the request needs more memory than memory_limit allows")
      : .init(format, 503, "too much memory is in use")
  }

  /// The request is over.
  /// - Returns: whether what has grown beyond the worker's own is to be given back now.
  func end() -> Bool {
    smallRequests = wanted > standing ? 0 : smallRequests + 1
    (wanted, isShort) = (0, false)
    guard reserved > 0, !isKept else { return false }
    budget.release(reserved)
    reserved = 0
    return true
  }

  /// Whether what is reserved is worth keeping, and little enough; nothing is while half of the budget is taken.
  private var isKept: Bool {
    smallRequests < Self.keptFor && reserved <= min(Self.mostKept, budget.limit / Self.shareKept)
      && budget.free(0.5) > 0
  }
}
