internal import Memory
internal import Model

/// Exemplars that came in series of their own. Prometheus sends 1.0 so; in 2.0 a series has to have a sample or a histogram,
/// so each waits here for a series with the same labels. Reused from request to request.
struct LooseExemplars: ~Copyable {
  // Not private: as a private type in a column of a value in a class, it crashes the compiler (6.3.1).
  struct Link: BitwiseCopyable {
    var payload: ByteRange
    /// The one before it with the same labels; -1: there is none.
    var next: Int
  }

  private var owners = StringTable()
  private var heads = Column<Int>()
  private var links = Column<Link>()

  var isEmpty: Bool { links.isEmpty }

  mutating func removeAll() {
    guard !links.isEmpty else { return }
    owners.removeAll()
    heads.truncate()
    links.truncate()
  }

  /// Keeps the payload of a series with these labels.
  mutating func add(_ labels: UnsafeRawBufferPointer, _ payload: ByteRange) {
    let owner = Int(owners.number(of: labels))
    if owner == heads.count { heads.append(-1) }
    links.append(Link(payload: payload, next: heads[owner]))
    heads[owner] = links.count - 1
  }

  /// The payloads that wait for a series with these labels, each given once.
  mutating func take(_ labels: UnsafeRawBufferPointer) -> [ByteRange] {
    guard let owner = owners.find(labels) else { return [] }
    var payloads: [ByteRange] = []
    var link = heads[Int(owner)]
    heads[Int(owner)] = -1
    while link >= 0 {
      payloads.append(links[link].payload)
      link = links[link].next
    }
    return payloads.reversed()
  }
}
