/// A dictionary in many pieces: a copy of it that differs in one key shares all pieces but one.
struct PiecewiseDictionary<Value: Sendable>: Sendable {
  private static var pieceCount: Int { 256 }

  private var pieces: [[String: Value]] = Array(repeating: [:], count: Self.pieceCount)

  var values: some Sequence<Value> { pieces.lazy.flatMap(\.values) }
  var count: Int { pieces.reduce(0) { $0 + $1.count } }

  subscript(key: String) -> Value? {
    get { pieces[Self.piece(of: key)][key] }
    set { pieces[Self.piece(of: key)][key] = newValue }
  }

  subscript(key: String, default standard: @autoclosure () -> Value) -> Value {
    get { self[key] ?? standard() }
    // In its place: what is found there is not copied when it is changed.
    _modify { yield &pieces[Self.piece(of: key)][key, default: standard()] }
  }

  private static func piece(of key: String) -> Int { key.hashValue & (pieceCount - 1) }
}
