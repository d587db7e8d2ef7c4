/// A dictionary in many pieces: a copy of it that differs in one key shares all pieces but one.
public struct PiecewiseDictionary<Value: Sendable>: Sendable {
  private static var pieceCount: Int { 256 }

  private var pieces: [[String: Value]] = Array(repeating: [:], count: Self.pieceCount)

  public init() {}

  public var elements: some Sequence<(key: String, value: Value)> {
    pieces.lazy.joined().map { (key: $0.key, value: $0.value) }
  }
  public var values: some Sequence<Value> { pieces.lazy.flatMap(\.values) }
  public var count: Int { pieces.reduce(0) { $0 + $1.count } }

  public subscript(key: String) -> Value? {
    get { pieces[Self.piece(of: key)][key] }
    set { pieces[Self.piece(of: key)][key] = newValue }
  }

  public subscript(key: String, default standard: @autoclosure () -> Value) -> Value {
    get { self[key] ?? standard() }
    // In its place: what is found there is not copied when it is changed.
    _modify { yield &pieces[Self.piece(of: key)][key, default: standard()] }
  }

  private static func piece(of key: String) -> Int { key.hashValue & (pieceCount - 1) }
}
