internal import Memory

/// What connections take of the memory budget, each the same.
struct ConnectionMemory: Sendable {
  let budget: MemoryBudget?
  /// How much of it connections may take: more of them leave no room for what they bring.
  let share: Double

  /// For one more connection; false when memory is short.
  func take() -> Bool { budget?.reserve(Daemon.bytesPerConnection, share: share) ?? true }

  func giveBack() { budget?.release(Daemon.bytesPerConnection) }
}
