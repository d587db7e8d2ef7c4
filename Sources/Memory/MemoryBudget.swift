internal import CPlatform
import Synchronization

/// How much memory all that grows with what comes from outside may take together: one number, and a count of what is taken.
///
/// What can still be refused asks with `reserve` before memory is taken; what cannot, because it is acknowledged or on its
/// way, counts itself with `add`, so that there is less for whoever asks next. Any thread, without a lock.
public final class MemoryBudget: Sendable {
  /// Bytes.
  public let limit: Int
  private let taken = Atomic<Int>(0)
  private let most = Atomic<Int>(0)

  public init(limit: Int) { self.limit = limit }

  /// Has the memory of large buffers go back to the system when they are freed. For the whole process, once, at its start.
  public static func returnLargeAllocations() { sluice_return_large_allocations() }

  /// Bytes taken now.
  public var used: Int { taken.load(ordering: .relaxed) }
  /// The most bytes that were ever taken at once.
  public var peak: Int { most.load(ordering: .relaxed) }

  /// Bytes that may still be taken by who takes no more than `share` of the limit.
  public func free(_ share: Double = 1) -> Int { max(0, bound(share) - used) }

  /// Takes `bytes` if with them no more than `share` of the limit is taken by all; else false, and nothing is.
  public func reserve(_ bytes: Int, share: Double = 1) -> Bool {
    let bound = bound(share)
    let before = taken.wrappingAdd(bytes, ordering: .relaxed).oldValue
    guard before + bytes <= bound else {
      taken.wrappingSubtract(bytes, ordering: .relaxed)
      return false
    }
    note(before + bytes)
    return true
  }

  /// Takes `bytes`, whatever the limit says.
  public func add(_ bytes: Int) {
    note(taken.wrappingAdd(bytes, ordering: .relaxed).newValue)
  }

  /// Gives `bytes` back.
  public func release(_ bytes: Int) {
    taken.wrappingSubtract(bytes, ordering: .relaxed)
  }

  private func bound(_ share: Double) -> Int { share < 1 ? Int(Double(limit) * share) : limit }

  private func note(_ now: Int) {
    if now > most.load(ordering: .relaxed) { _ = most.max(now, ordering: .relaxed) }
  }
}
