/// Spreads numbers over all 64 bits, the same way on every machine (the finaliser of SplitMix64).
struct Hash {
  private let seed: UInt64

  init(seed: UInt64) { self.seed = seed }

  subscript(_ tenant: Int, _ index: Int) -> UInt64 {
    Self.mix(Self.mix(seed &+ UInt64(tenant)) &+ UInt64(index))
  }

  private static func mix(_ number: UInt64) -> UInt64 {
    var z = number &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
