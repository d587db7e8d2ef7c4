import Synchronization
import Testing

@testable import Credentials

/// Against what others have signed: the examples of RFC 7515 (A.3) and RFC 8037 (A.4), and with RSA the Python package
/// cryptography.
@Suite struct PublicKeyTests {
  private static let rsaKeys = """
    {"keys": [{"kty": "RSA", "n": "wm0yHAM2UCMHhsKjdvf5Cdk1sK_WpK45i7s3j6FwdrVNOe8av6VWNGlDWP8CY4AUxwgraL05Gq1lIiH\
    0_zRdkIohPO__LR6zrJgBIbnOBKmHpVUJINaANMP0lAVF2HLLpbnt-0GcB0_rolr8ujcBjUHsUzQQt4JFV5fon-bENA_mBFO8Y4d2mTfQk9F5G\
    vRFFF3-JiFu9tLccFAC_RLyjdmiYkNFlt9Sf626Nw5EbrXUxxestgL_7L_nxOJIrckmY0YM5-E4r615BI_eioIkeNjlI8RcUN-Daqrp9EzKinL\
    aYb5dc5cKf8-GAMxA-5kSp8RQ6cdHVoiSGoCled83LQ", "e": "AQAB"}]}
    """
  private static let rsaToken = """
    eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODB9.UUNx4BS6y-G3i716Gpr8oMThSCDd-7h_\
    jwD3BfzsSAUMfYlOkU-BzDUe-FpLvk0y7nM-g_3F326-l92G3XYjJI_KRRW8I6mHlhy7LZ2rLi9cARU5sci0NXTUoNkWzfVA_qFZ7atgET6H47\
    pS4zha_hOhguhDRU867ECbb7xDX4I5bVZ3gc2lv1CuQwna9kxN_dG_7BLdKKKbxucGk7_NSKGKFGmNJ8DfpcTx329wTsrGkDdIz-mtAoDok7rU\
    UHbc1S2-hU_cTlyROYCprNI-f62C-GEYhuPX-x7yUJX5MPA9-Rc8EGAR-Cw-b7muzdTR28Q56Alvu9ugOErHFH4unQ
    """
  private static let pssToken = """
    eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJqb2UiLCJleHAiOjEzMDA4MTkzODB9.QRBCkVaddL1PLRpS3K4TjyiU_-ZAPNeW\
    MiK2MefGnlvh8B3d9k3vEnMofI-b4csEJHPrA8ZYP1IuRamTN-TfHCjD6_c3eTwbDgJmuCszzJ9hCo1I99q1MVVp4OVFdaWR4CnjZJ0ULXwJj1\
    L-riea8fNroV8o5z_gnxebp3aNLaQxWfjEojFMcKxRwXxn6NOFQoPh2reOwqzWVqWCNhWLg3xFoanoiv2N4P_Cy9RYQVRekmmWoMghCvpXJQxS\
    w2PxX6Scu0ImOSIWP0uVG2EUG-2o4eKreolqlCCYYmJtj0wfKsR9ACEMiXoZXgRLHqrgElf5YwfAGuxesbfqyzA6zw
    """
  private static let curveKeys = """
    {"keys": [{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}
    """
  private static let curveToken = """
    eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L\
    38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q
    """

  private func verifies(_ text: String, _ keys: String) throws -> Bool {
    let token = try WebToken(text)
    let candidates = try KeySet(Array(keys.utf8)).keys(token.keyIdentifier, for: token.algorithm)
    return candidates.contains { $0.verifies(token.signature, of: token.signed, by: token.algorithm) }
  }

  @Test func `what others have signed verifies`() throws {
    #expect(try verifies(Self.rsaToken, Self.rsaKeys))
    #expect(try verifies(Self.pssToken, Self.rsaKeys))
    #expect(try verifies(Self.curveToken, Self.curveKeys))
    let edwards = try KeySet(
      Array(
        "{\"keys\": [{\"kty\": \"OKP\", \"crv\": \"Ed25519\", \"x\": \"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}"
          .utf8))
    let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    let signature = try #require(
      Base64.decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg", .url))
    let key = try #require(edwards.keys(nil, for: .edDSA).first)
    #expect(key.verifies(signature, of: Array(signed.utf8), by: .edDSA))
    #expect(!key.verifies(signature, of: Array((signed + "x").utf8), by: .edDSA))
  }

  @Test func `a key of another type verifies nothing`() throws {
    #expect(try !verifies(Self.rsaToken, Self.curveKeys) && !verifies(Self.curveToken, Self.rsaKeys))
  }

  @Test(arguments: [
    "", "[]", "{}", "{\"keys\": {}}", "{\"keys\": []}", "{\"keys\": [{\"kty\": \"oct\", \"k\": \"AAAA\"}]}",
    "{\"keys\": [{\"kty\": \"RSA\", \"n\": \"AQAB\", \"e\": \"AQAB\"}]}",
    "{\"keys\": [{\"kty\": \"EC\", \"crv\": \"P-256\", \"x\": \"AAAA\", \"y\": \"AAAA\"}]}",
    "{\"keys\": [{\"kty\": \"OKP\", \"crv\": \"Ed25519\", \"x\": \"AAAA\"}]}",
  ])
  func `what holds no key that can be used is refused`(_ text: String) {
    #expect(throws: KeySet.Fault.self) { try KeySet(Array(text.utf8)) }
  }

  @Test func `a key that is not for signatures, or for another algorithm, is not used`() throws {
    for more in ["\"use\": \"enc\"", "\"key_ops\": [\"encrypt\"]"] {
      let text = Self.curveKeys.replacing("\"kty\"", with: "\(more), \"kty\"")
      #expect(throws: KeySet.Fault.self) { try KeySet(Array(text.utf8)) }
    }
    let other = Self.curveKeys.replacing("\"kty\"", with: "\"alg\": \"ES384\", \"kty\"")
    #expect(try !verifies(Self.curveToken, other))
  }

  @Test func `what was verified is refused once it has expired, and is asked for keys only where one is missing`()
    throws
  {
    var rules = TokenRules()
    rules.tenantClaim = "iss"
    let now = Mutex(1_300_819_000.0)
    let asked = Mutex(0)
    let verifier = TokenVerifier(rules, clock: { now.withLock { $0 } }) {
      asked.withLock { $0 += 1 }
      return false
    }
    #expect(verifier.verify(Self.curveToken) == .wait && asked.withLock { $0 } == 1)
    verifier.use(try KeySet(Array(Self.curveKeys.utf8)))
    for _ in 1...3 { #expect(verifier.verify(Self.curveToken) == .tenants(["joe"])) }
    #expect(verifier.verify(Self.rsaToken) == .refused(.unknownKey))
    now.withLock { $0 = 1_300_819_380 + 31 }
    #expect(verifier.verify(Self.curveToken) == .refused(.expired))
    now.withLock { $0 = 1_300_819_000 }
    #expect(verifier.verify(Self.curveToken) == .tenants(["joe"]))
    verifier.use(try KeySet(Array(Self.rsaKeys.utf8)))
    #expect(verifier.verify(Self.curveToken) == .refused(.unknownKey))
    #expect(verifier.verify(Self.rsaToken) == .tenants(["joe"]) && asked.withLock { $0 } == 1)
  }
}
