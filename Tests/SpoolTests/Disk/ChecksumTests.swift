import CPlatform
import TestSupport
import Testing

@testable import Spool

@Suite struct ChecksumTests {
  @Test func `it is CRC-32C`() {
    // RFC 3720, appendix B.4.
    #expect(Checksum.of([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(Checksum.of([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(Checksum.of(Array(0..<32) as [UInt8]) == 0x46DD_794E)
    #expect(Checksum.of([UInt8]()) == 0)
  }

  @Test func `with and without the processor's instruction it is the same, in one piece or several`() {
    var random = SeededGenerator(seed: 3)
    let bytes = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    for _ in 0..<200 {
      let count = Int.random(in: 0...bytes.count, using: &random)
      let split = Int.random(in: 0...count, using: &random)
      bytes.withUnsafeBytes { all in
        let whole = Checksum.of(UnsafeRawBufferPointer(rebasing: all[..<count]))
        let first = Checksum.of(UnsafeRawBufferPointer(rebasing: all[..<split]))
        #expect(Checksum.of(UnsafeRawBufferPointer(rebasing: all[split..<count]), after: first) == whole)
        #expect(sluice_crc32c_by_table(0, all.baseAddress, UInt64(count)) == whole)
      }
    }
  }
}
