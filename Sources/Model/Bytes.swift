public import CPlatform

extension UnsafeRawBufferPointer {
  /// Whether both hold the same bytes.
  @inlinable public func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard count > 0, let left = baseAddress, let right = other.baseAddress else { return true }
    return sluice_compare(left, right, UInt64(count)) == 0
  }

  /// Whether these bytes come before `other` in byte order, the order of label names on the wire.
  @inlinable public func precedes(_ other: UnsafeRawBufferPointer) -> Bool {
    let common = Swift.min(count, other.count)
    if common > 0, let left = baseAddress, let right = other.baseAddress {
      let order = sluice_compare(left, right, UInt64(common))
      if order != 0 { return order < 0 }
    }
    return count < other.count
  }

  /// The bytes as text; what is not UTF-8 is shown as U+FFFD.
  public var text: String { String(decoding: self, as: UTF8.self) }
}
