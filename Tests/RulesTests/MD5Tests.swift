import Testing

@testable import Rules

@Suite struct MD5Tests {
  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
    ("abc", "900150983cd24fb0d6963f7d28e17f72"), ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"),
    (
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "57edf4a22be3c955ac49da2e2107b67a"
    ),
  ])
  func `the digests are those of RFC 1321`(_ text: String, _ expected: String) {
    #expect(hex(Array(text.utf8)) == expected)
  }

  @Test(arguments: [
    (55, "a3c81137436036ad8b477da25301a150"), (56, "64c7901679c62fee89dae9fdc90f6cdc"),
    (57, "de3640741df50a25ebfbf7bfad1df856"), (63, "ca2a2c51613f550d77bfa700fa71b2f3"),
    (64, "c1e181645d10867b9810b9ab454f39fd"), (65, "8ce7034cd47c2e5766f920d9f6cd25b2"),
    (119, "bbee0fa54927be9cec551823419525d6"), (120, "bec94d18929378fdb98c26a97f1dba72"),
    (128, "3eba58a155f6aa0ef467626f0e78d53b"), (1000, "4b2f37fc49a134b17c7275fd04a1b7ac"),
  ])
  func `messages around the ends of blocks are padded right`(_ count: Int, _ expected: String) {
    #expect(hex((0..<count).map { UInt8($0 * 7 % 251) }) == expected)
  }

  @Test(arguments: [("baz", 976), ("foo\nbar", 734)])
  func `hashmod divides the last eight bytes, as Prometheus does`(_ text: String, _ expected: UInt64) {
    #expect(text.bytes(MD5.lastEight) % 1000 == expected)
  }

  private func hex(_ message: [UInt8]) -> String {
    let state = message.withUnsafeBytes(MD5.digest)
    return [state.0, state.1, state.2, state.3].map { word in
      let digits = String(word.byteSwapped, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }
}
