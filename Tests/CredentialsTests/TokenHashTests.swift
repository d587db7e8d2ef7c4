import Testing

@testable import Credentials

@Suite struct TokenHashTests {
  @Test func `the hash is SHA-256 in hexadecimal`() {
    #expect(TokenHash("abc").text == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(TokenHash("").text == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func `a token is 256 bits that nobody has drawn before`() {
    let tokens = (0..<1000).map { _ in TokenHash.makeToken() }
    #expect(Set(tokens).count == 1000)
    let isPlain = { (token: String) in
      token.hasPrefix("sluice_") && token.count == 7 + 43
        && token.utf8.allSatisfy { (0x21..<0x7F).contains($0) && $0 != UInt8(ascii: "/") }
    }
    #expect(tokens.allSatisfy(isPlain))
    // Each place has had each of the 64 characters, or nearly.
    for place in 7..<50 { #expect(Set(tokens.map { Array($0)[place] }).count > 55) }
  }
}
