internal import Memory
internal import Model

/// The tenants that series have named, each text held once and known by a number. One thread.
struct TenantClaims: ~Copyable {
  /// As many texts are remembered: senders can make up others at will.
  static let most = 100_000

  private var memo = DecisionMemo(capacity: 1 << 8)
  private var names: [Result<TenantName, TenantName.Fault>] = []
  private let key = SeriesHash.Key.random()

  /// Forgets all once there are too many. Only between two batches.
  mutating func makeRoom() {
    guard names.count >= Self.most else { return }
    memo.removeAll()
    names.removeAll()
  }

  var count: Int { names.count }

  /// The number of `text`, from 1 on. There are `Buffer.slack` bytes behind it.
  mutating func number(of text: UnsafeRawBufferPointer) -> Int {
    guard let start = text.baseAddress else { return 0 }
    let hash = SeriesHash(start, count: text.count, key: key)
    if let known = memo.decision(for: hash) { return Int(known) }
    names.append(Result { () throws(TenantName.Fault) in try TenantName(text) })
    memo.insert(hash, UInt32(names.count))
    return names.count
  }

  /// What the text of this number names.
  subscript(number: Int) -> Result<TenantName, TenantName.Fault> { names[number - 1] }
}
