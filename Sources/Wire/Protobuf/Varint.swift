import Model

/// Numbers in groups of seven bits, lowest first.
enum Varint {
  /// Most bytes that a varint takes.
  static let mostBytes = LabelEncoding.mostVarintBytes

  /// The bytes that `value` takes: one for each seven bits begun.
  @inline(__always) static func size(_ value: UInt64) -> Int { LabelEncoding.varintLength(value) }

  @inline(__always) static func size(_ value: Int) -> Int { size(UInt64(truncatingIfNeeded: value)) }

  /// Writes `value` at `out` and moves `out` behind it. The caller has made room.
  @inline(__always) static func write(_ value: UInt64, to out: inout UnsafeMutablePointer<UInt8>) {
    LabelEncoding.writeVarint(value, to: &out)
  }

  /// Signed numbers with small magnitudes as small unsigned ones: `sint32`, `sint64`.
  @inline(__always) static func zigzag(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: (value &<< 1) ^ (value &>> 63))
  }

  @inline(__always) static func fromZigzag(_ value: UInt64) -> Int64 {
    Int64(bitPattern: value &>> 1) ^ -Int64(bitPattern: value & 1)
  }
}
