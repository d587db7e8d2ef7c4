internal import Memory

/// The bins of one batch, found by their keys, and those that wait for the next one.
struct BinPool: ~Copyable {
  /// The first `count` are in use.
  private(set) var bins: [Bin] = []
  private(set) var count = 0
  /// Stands in until the first series has a bin of its own.
  let spare = Bin()
  private var table = BinTable()

  // A bin keeps the memory that it has grown to.
  private static let mostIdle = 256
  private static let mostIdleBytes = 32 << 20

  /// The bin of `key` that is being filled, or nil.
  @inline(__always)
  subscript(key: BinKey) -> Bin? { table[key].map { bins[$0] } }

  /// Forgets all keys, and keeps the bins for others.
  mutating func removeAll() {
    table.removeAll()
    count = 0
  }

  /// An empty bin for `key`, in place of the one it may have.
  mutating func open(_ key: BinKey, _ addressee: Addressee?) -> Bin {
    if count == bins.count { bins.append(Bin()) }
    let bin = bins[count]
    bin.open(Int(key.output), addressee, Int(key.shard))
    table.set(key, count)
    count += 1
    return bin
  }

  /// Gives back the idle bins that earlier requests with very many addressees, or very large ones, left behind.
  mutating func trim() {
    var bytes = bins[..<count].reduce(0) { $0 + $1.bytes.capacity }
    var kept = count
    while kept < min(bins.count, Self.mostIdle) {
      bytes += bins[kept].bytes.capacity
      guard bytes <= Self.mostIdleBytes else { break }
      kept += 1
    }
    bins.removeLast(bins.count - kept)
  }
}
