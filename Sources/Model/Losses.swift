/// How often each kind of loss happened in one request. A plain value, so that counting is an addition.
public struct Losses: Equatable, Sendable {
  /// As many as there are kinds; the type wants it as a number.
  private var counts = InlineArray<18, Int>(repeating: 0)

  public init() {}

  public subscript(kind: LossKind) -> Int { counts[kind.rawValue] }

  public mutating func add(_ kind: LossKind, _ count: Int = 1) { counts[kind.rawValue] &+= count }

  /// The kinds that there were.
  public var all: [(kind: LossKind, count: Int)] {
    LossKind.allCases.map { ($0, self[$0]) }.filter { $0.1 > 0 }
  }

  public static func == (left: Losses, right: Losses) -> Bool {
    LossKind.allCases.allSatisfy { left[$0] == right[$0] }
  }
}
