internal import Memory

/// What the request that a worker is at takes of the memory budget.
///
/// A worker has a few MiB of its own, which are never asked for, so that usual requests touch no counter that all workers
/// share. Who needs more asks before the memory is taken. One a worker, on its thread.
final class RequestMemory {
  /// What a worker works with, and keeps, without asking.
  static let standing = 8 << 20

  private let budget: MemoryBudget
  private var reserved = 0
  private var wanted = 0
  /// Whether the request was told no.
  private(set) var isShort = false

  init(_ budget: MemoryBudget) { self.budget = budget }

  /// Whether the request may have `bytes` in all, what it has had already among them.
  func allows(_ bytes: Int) -> Bool {
    wanted = max(wanted, bytes)
    let more = wanted - Self.standing - reserved
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
    wanted - Self.standing > budget.limit
      ? .init(format, 413, "the request needs more memory than memory_limit allows")
      : .init(format, 503, "too much memory is in use")
  }

  /// The request is over.
  /// - Returns: whether it took more than the worker's own; then what has grown is to be given back.
  func end() -> Bool {
    defer { (reserved, wanted, isShort) = (0, 0, false) }
    budget.release(reserved)
    return reserved > 0
  }
}
