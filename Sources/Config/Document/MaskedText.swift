/// A text in which the first characters of some keys are exchanged for private-use ones, so that no two keys are equal.
struct MaskedText {
  /// Each mask costs another parse.
  private static let mostMasks = 100

  private var scalars: [Unicode.Scalar]
  private var unused: [Unicode.Scalar]
  /// What stood there, by the position at which the key starts, its quote included.
  private(set) var masks: [Node.Position: Unicode.Scalar] = [:]

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    let used = Set(scalars)
    unused = (0xE000...0xF8FF).lazy.compactMap { Unicode.Scalar($0 as UInt32) }.filter { !used.contains($0) }
      .prefix(Self.mostMasks).reversed()
  }

  var text: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// Makes the key at `position` differ from all others; false where that cannot be done.
  mutating func mask(_ position: Node.Position) -> Bool {
    guard masks[position] == nil, var index = index(of: position), let replacement = unused.last else { return false }
    if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
    // Anchors, aliases, tags and escapes would need to be understood; a key within a key too.
    guard index < scalars.count, !"&*!?[{\\\"'".unicodeScalars.contains(scalars[index]) else { return false }
    unused.removeLast()
    masks[position] = scalars[index]
    scalars[index] = replacement
    return true
  }

  /// Lines end as libyaml ends them.
  private func index(of position: Node.Position) -> Int? {
    var line = 1
    var start = 0
    while line < position.line {
      guard let end = scalars[start...].firstIndex(where: { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) })
      else { return nil }
      let isPair = scalars[end] == "\r" && end + 1 < scalars.count && scalars[end + 1] == "\n"
      start = end + (isPair ? 2 : 1)
      line += 1
    }
    let index = start + position.column - 1
    return index < scalars.count ? index : nil
  }
}
