extension WireReader {
  /// Steps over the value behind `tag`, which the reader of this message does not take.
  ///
  /// - Parameter known: bit n set: the message has a field n, so that `tag`, which was not taken, is that field
  ///   with the wrong wire type, which is an error.
  @inline(never) mutating func skip(_ tag: UInt32, known: UInt64 = 0) throws(WireError) {
    let number = tag >> 3
    if number < 64, known & (1 << UInt64(number)) != 0 {
      throw WireError(.wrongWireType, at: position)
    }
    try skip(tag, groups: 0)
  }

  private mutating func skip(_ tag: UInt32, groups: Int) throws(WireError) {
    switch tag & 7 {
    case 0: _ = try varint()
    case 1: _ = try fixed64()
    case 2: _ = try message()
    case 3: try skipGroup(tag >> 3, groups: groups + 1)
    case 5: _ = try fixed32()
    default: throw WireError(.unmatchedGroup, at: position)
    }
  }

  private mutating func skipGroup(_ number: UInt32, groups: Int) throws(WireError) {
    guard groups <= Self.mostGroups else { throw WireError(.tooDeep, at: position) }
    while let tag = try tag() {
      if tag == number << 3 | 4 { return }
      try skip(tag, groups: groups)
    }
    throw WireError(.unmatchedGroup, at: position)
  }
}
