/// What a single value is, for those who write it out again.
enum ScalarKind: Sendable {
  /// JSON has a string for it.
  case text
  /// The same, or a whole number where that says enough.
  case quantity
  /// JSON has a number or a boolean for it.
  case plain
  /// Text that is shown to nobody.
  case secret
  /// A URL, of which the query is shown to nobody.
  case url

  /// Whether JSON has a string for it and nothing else.
  var isText: Bool { self == .text || self == .url }
}
