/// A text of a rule as bytes at a fixed address, for comparing without a `String`.
///
/// `bytes` is valid as long as the object lives.
// @unchecked: written in init, never again; freed once, in deinit.
final class OwnedBytes: @unchecked Sendable {
  /// Never without an address, even when empty.
  let bytes: UnsafeRawBufferPointer

  init(copying source: some Collection<UInt8>) {
    let count = source.count
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: count + 1, alignment: 1)
    room.copyBytes(from: source)
    bytes = UnsafeRawBufferPointer(rebasing: room[..<count])
  }

  convenience init(_ text: String) { self.init(copying: text.utf8) }

  deinit { bytes.deallocate() }

  var count: Int { bytes.count }
}
