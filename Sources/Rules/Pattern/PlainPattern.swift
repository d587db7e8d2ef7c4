/// A pattern that is only comparisons: literals, and literals around one `.*` or `.+`.
///
/// It says exactly what RE2 would say of valid UTF-8: the pieces of the pattern are whole characters, so they can only
/// stand at the borders of characters, and one byte between them is at least one character.
struct PlainPattern: Sendable {
  /// `prefix.*suffix`, or with `.+`.
  struct Affix: Sendable {
    let prefix: OwnedBytes
    let suffix: OwnedBytes
    /// 1 for `.+`.
    let leastBetween: Int

    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
      text.count >= prefix.count &+ suffix.count &+ leastBetween
        && text.begins(with: prefix.bytes) && text.ends(with: suffix.bytes)
    }
  }

  /// What group 1 is, if there is one.
  enum Capture: Sendable {
    case none
    case whole
    /// What the wildcard of the only alternative took.
    case wildcard
  }

  let literals: LiteralSet
  let affixes: [Affix]
  let capture: Capture

  var groupCount: Int {
    switch capture {
    case .none: 0
    case .whole, .wildcard: 1
    }
  }

  func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    if !literals.isEmpty, literals.contains(text) { return true }
    for affix in affixes where affix.matches(text) { return true }
    return false
  }

  /// Where group 1 lies in `text`, which matches.
  func firstGroup(in text: UnsafeRawBufferPointer) -> Range<Int>? {
    switch capture {
    case .none: nil
    case .whole: 0..<text.count
    case .wildcard: affixes.first.map { $0.prefix.count..<(text.count - $0.suffix.count) }
    }
  }
}
