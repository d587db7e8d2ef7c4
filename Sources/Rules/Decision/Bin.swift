public import Memory

/// Series that travel on together: for one output, tenant and shard; their fields of a `prometheus.WriteRequest`, one
/// behind the other.
public final class Bin {
  /// An index into the plan's outputs.
  public internal(set) var output = 0
  /// Nil: the one that the request's route says.
  public internal(set) var addressee: Addressee?
  public internal(set) var shard = 0
  public let bytes = Buffer(capacity: 4 << 10)
  @exclusivity(unchecked) public internal(set) var counts = SeriesCounts()

  func open(_ output: Int, _ addressee: Addressee?, _ shard: Int) {
    self.output = output
    self.addressee = addressee
    self.shard = shard
    bytes.count = 0
    counts = SeriesCounts()
  }
}
