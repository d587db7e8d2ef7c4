/// The books of one tenant, route and backend.
public struct LedgerRow: Equatable, Sendable {
  public var account: Account
  /// Empty for what a rule dropped before it was clear for which backend.
  public var backend: String
  /// Ever taken. What was given back or refused to its sender was not.
  public var accepted = Amount()
  public var delivered = Amount()
  /// In the queue now.
  public var held = Amount()
  /// Among the dead letters now.
  public var deadLettered = Amount()
  /// Given up, ever.
  public var dropped: [DropCause: Amount] = [:]

  public init(account: Account, backend: String) {
    self.account = account
    self.backend = backend
  }

  /// Accepted less all that became of it. Zero unless there is a mistake in the books; the parts of a row are of one
  /// and the same moment.
  public var imbalance: Amount {
    var rest = accepted
    rest -= delivered
    rest -= held
    rest -= deadLettered
    for amount in dropped.values { rest -= amount }
    return rest
  }
}

/// How much, as the books count it.
public struct Amount: Equatable, Sendable {
  public var blocks = 0
  /// Samples and native histograms.
  public var samples = 0
  public var exemplars = 0

  public init(blocks: Int = 0, samples: Int = 0, exemplars: Int = 0) {
    self.blocks = blocks
    self.samples = samples
    self.exemplars = exemplars
  }

  public init(_ contents: Contents, blocks: Int) {
    self.init(blocks: blocks, samples: contents.batchSize, exemplars: contents.exemplars)
  }

  public static func += (sum: inout Amount, more: Amount) {
    sum.blocks += more.blocks
    sum.samples += more.samples
    sum.exemplars += more.exemplars
  }

  public static func -= (sum: inout Amount, less: Amount) {
    sum.blocks -= less.blocks
    sum.samples -= less.samples
    sum.exemplars -= less.exemplars
  }

  public var isZero: Bool { self == Amount() }
}
