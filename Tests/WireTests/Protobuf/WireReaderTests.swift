import Testing

@testable import Wire

/// What reading all fields of `bytes` without knowing any of them ends with.
private func fault(_ bytes: [UInt8], known: UInt64 = 0) -> WireError.Fault? {
  bytes.withUnsafeBytes { body in
    do throws(WireError) {
      var reader = WireReader(body)
      while let tag = try reader.tag() { try reader.skip(tag, known: known) }
      return nil
    } catch {
      return error.fault
    }
  }
}

@Suite struct WireReaderTests {
  @Test(
    arguments: [
      ([0x08, 0x01], nil),
      ([0x09, 1, 2, 3, 4, 5, 6, 7, 8], nil),
      ([0x0A, 0x02, 1, 2], nil),
      ([0x0D, 1, 2, 3, 4], nil),
      ([0x0B, 0x08, 0x01, 0x0C], nil),
      ([0x0B, 0x13, 0x14, 0x0C], nil),
      ([], nil),
      ([0x08], .truncated),
      ([0x08, 0x80], .truncated),
      ([0x09, 1, 2, 3], .truncated),
      ([0x0A, 0x03, 1, 2], .truncated),
      ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], .truncated),
      ([0x0D, 1, 2, 3], .truncated),
      ([0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], nil),
      ([0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02], .overlongVarint),
      ([0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], .overlongVarint),
      ([0x00, 0x01], .invalidTag),
      ([0x05], .invalidTag),
      ([0x88, 0x80, 0x80, 0x80, 0x10, 0x00], .invalidTag),
      ([0x0E, 0x00], .invalidWireType),
      ([0x0F, 0x00], .invalidWireType),
      ([0x0C], .unmatchedGroup),
      ([0x0B, 0x08, 0x01], .unmatchedGroup),
      ([0x0B, 0x14], .unmatchedGroup),
    ] as [([UInt8], WireError.Fault?)])
  func `fields are stepped over, or the fault is named`(_ bytes: [UInt8], _ expected: WireError.Fault?) {
    #expect(fault(bytes) == expected)
  }

  @Test func `groups nest as deep as the budget and no deeper`() {
    let most = WireReader.mostGroups
    func nested(_ depth: Int) -> [UInt8] {
      [UInt8](repeating: 0x0B, count: depth) + [UInt8](repeating: 0x0C, count: depth)
    }
    #expect(fault(nested(most)) == nil)
    #expect(fault(nested(most + 1)) == .tooDeep)
    #expect(fault([UInt8](repeating: 0x0B, count: 1_000_000)) == .tooDeep)
  }

  @Test func `a known field with another wire type is an error`() {
    #expect(fault([0x08, 0x01], known: 1 << 1) == .wrongWireType)
    #expect(fault([0x08, 0x01], known: 1 << 2) == nil)
  }

  @Test func `an error tells the fields and the byte`() {
    let error = WireError(.truncated, at: 17).inside("metrics").inside("scope_metrics")
    #expect(error.description == "scope_metrics.metrics: the message ends inside a value (byte 17)")
  }
}
