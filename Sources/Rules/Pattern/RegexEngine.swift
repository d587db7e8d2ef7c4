internal import CRE2

/// One compiled RE2 automaton.
// @unchecked: RE2 promises that a compiled pattern may be matched by any number of threads at once (its lazily built
// states are behind its own locks); the handle itself is set in init and freed once, in deinit.
final class RegexEngine: @unchecked Sendable {
  /// Bytes that one automaton, with its cache of states, may take. RE2 refuses a pattern whose program alone is larger
  /// and matches without a cache where the states would be.
  static let memoryLimit: Int64 = 8 << 20

  private let handle: OpaquePointer
  let groupCount: Int

  private init(handle: OpaquePointer) {
    self.handle = handle
    groupCount = Int(sluice_re2_groups(handle))
  }

  deinit { sluice_re2_free(handle) }

  static func compile(_ syntax: [UInt8]) throws(RuleError) -> RegexEngine {
    let made = syntax.withUnsafeBytes { bytes in
      sluice_re2_new(
        bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyText, Int64(bytes.count), memoryLimit)
    }
    guard let made else { throw RuleError(reason: "out of memory for this pattern") }
    let engine = RegexEngine(handle: made)
    if let fault = sluice_re2_error(made) { throw RuleError(reason: String(cString: fault)) }
    return engine
  }

  func group(named name: String) -> Int? {
    let bytes = OwnedBytes(name)
    let number = withExtendedLifetime(bytes) {
      sluice_re2_group_named(handle, Self.characters(bytes.bytes), Int64(bytes.count))
    }
    return number < 0 ? nil : Int(number)
  }

  func matches(_ text: UnsafeRawBufferPointer, groups: UnsafeMutablePointer<Int64>?, count: Int) -> Bool {
    sluice_re2_match(handle, Self.characters(text), Int64(text.count), groups, Int32(count)) != 0
  }

  private static func characters(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<CChar> {
    bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyText
  }

  /// RE2 tells an empty text from an absent group by the address: an empty text needs one.
  // nonisolated(unsafe): one zero byte, never written after this line, never freed.
  nonisolated(unsafe) private static let emptyText: UnsafePointer<CChar> = {
    let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    byte.initialize(to: 0)
    return UnsafePointer(byte)
  }()
}
