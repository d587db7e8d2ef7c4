extension Configuration.JWT {
  static let section = Section<Self>([
    Field("jwks_file", \.keyFile, Reading.path.orNull),
    Field("jwks_url", \.keyEndpoint, Reading.endpoint.orNull),
    Field("jwks_ca_file", \.caFile, Reading.path.orNull),
    Field("refresh_interval", \.refreshInterval, .duration(atLeast: .seconds(1))),
    Field("issuer", \.issuer, Reading.string().orNull),
    Field("audience", \.audiences, .oneOrList(of: .string())),
    Field("tenant_claim", \.tenantClaim, .string()),
    Field(
      "algorithms", \.algorithms,
      .oneOrList(of: Reading.string().checked { text, reader in reader.checks.signatureAlgorithm(text) })),
    Field("leeway", \.leeway, .duration(atLeast: .zero)),
  ])

  static let reading = section.reading(from: Self()) { jwt, given, reader in
    guard given.isSound("jwks_file", "jwks_url") else { return }
    if (jwt.keyFile == nil) == (jwt.keyEndpoint == nil) {
      reader.report("exactly one of jwks_file and jwks_url is needed", at: given.node)
    }
    if jwt.audiences.isEmpty, given.isSound("audience") {
      reader.warn("without audience a token that its issuer made for another service is good here", at: given.node)
    }
    if let endpoint = jwt.keyEndpoint, !endpoint.isSecure, let node = given["jwks_url"] {
      reader.warn("over http whoever is on the way can put in keys of their own", at: node)
    }
  }
}
