import Testing

@testable import Credentials

@Suite struct SecretDigestTests {
  @Test func `the same secret has the same digest, any other another`() {
    let secrets = ["", "a", "b", "hunter2", "hunter3", String(repeating: "x", count: 5000)]
    for left in secrets {
      for right in secrets { #expect((SecretDigest(left) == SecretDigest(right)) == (left == right)) }
    }
  }

  @Test func `a name and a secret are not another name and another secret`() {
    #expect(SecretDigest("ab", "c") != SecretDigest("a", "bc"))
    #expect(SecretDigest("ab", "c") == SecretDigest("ab", "c"))
    #expect(SecretDigest("", "1:a") != SecretDigest("1:a", ""))
  }

  @Test func `no description and no dump shows the secret`() {
    var dumped = ""
    dump(SecretDigest("hunter2"), to: &dumped)
    let all = dumped + "\(SecretDigest("hunter2"))" + String(reflecting: SecretDigest("hunter2"))
    #expect(!all.contains("hunter2") && all.contains("<secret>"))
  }
}
