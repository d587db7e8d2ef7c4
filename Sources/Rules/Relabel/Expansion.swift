internal import Memory

/// A replacement such as `${1}-$zone`, taken apart once: Go's rules of `regexp.Expand`.
///
/// `$name` takes the longest run of letters, digits and `_`; a number is a group, as is a name; a group that does not
/// exist or took no part is empty; `$$` is a dollar; a `$` that begins nothing stands for itself.
struct Expansion: Sendable {
  private enum Part: Sendable {
    case literal(OwnedBytes)
    case group(Int)
  }

  private let parts: [Part]
  /// How many groups the match must tell, group 0 included.
  let groupsNeeded: Int

  init(_ template: String, groupsOf pattern: Pattern) {
    var reader = ExpansionReader(template)
    var parts: [Part] = []
    for piece in reader.pieces() {
      switch piece {
      case .literal(let bytes): parts.append(.literal(OwnedBytes(copying: bytes)))
      case .reference(let name):
        let group = Self.number(name) ?? pattern.group(named: name)
        if let group, group <= pattern.groupCount { parts.append(.group(group)) }
      }
    }
    self.parts = parts
    groupsNeeded = parts.map { if case .group(let group) = $0 { group + 1 } else { 1 } }.max() ?? 1
  }

  /// The text for a match in `source` whose groups `labels` holds. A view where it is one piece, else made in `labels`;
  /// nil when the series would be too large.
  func expand(_ source: UnsafeRawBufferPointer, in labels: LabelScratch) -> UnsafeRawBufferPointer? {
    if parts.count == 1 { return bytes(of: parts[0], source, labels) }
    var size = 0
    for part in parts { size += bytes(of: part, source, labels).count }
    guard let room = labels.allocate(size) else { return nil }
    var used = 0
    for part in parts {
      let piece = bytes(of: part, source, labels)
      UnsafeMutableRawBufferPointer(rebasing: room[used...]).copyMemory(from: piece)
      used += piece.count
    }
    return UnsafeRawBufferPointer(room)
  }

  private func bytes(
    of part: Part, _ source: UnsafeRawBufferPointer, _ labels: LabelScratch
  ) -> UnsafeRawBufferPointer {
    switch part {
    case .literal(let literal): return literal.bytes
    case .group(let group):
      let (start, end) = (Int(labels.groups[2 * group]), Int(labels.groups[2 * group + 1]))
      guard start >= 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
      return UnsafeRawBufferPointer(rebasing: source[start..<end])
    }
  }

  /// The group that `name` numbers; a leading zero makes it a name.
  private static func number(_ name: String) -> Int? {
    guard name.utf8.allSatisfy(\.isASCIIDigit), name.utf8.count <= 9 else { return nil }
    return name.utf8.count > 1 && name.utf8.first == UInt8(ascii: "0") ? nil : Int(name)
  }
}
