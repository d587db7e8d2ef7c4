internal import CPlatform

/// CRC-32C.
enum Checksum {
  static func of(_ bytes: UnsafeRawBufferPointer, after start: UInt32 = 0) -> UInt32 {
    sluice_crc32c(start, bytes.baseAddress, UInt64(bytes.count))
  }

  static func of(_ bytes: some ContiguousBytes) -> UInt32 { bytes.withUnsafeBytes { of($0) } }
}

/// What lies in one piece in memory.
protocol ContiguousBytes {
  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
}

extension [UInt8]: ContiguousBytes {}
extension ArraySlice<UInt8>: ContiguousBytes {}
