extension Configuration.ServerTLS {
  static let section = Section<Self>([
    Field("cert_file", \.certFile, .path),
    Field("key_file", \.keyFile, .path),
    Field("client_ca_file", \.clientCAFile, Reading.path.orNull),
    Field("client_auth", \.clientAuth, .choice(ClientAuth.allCases)),
  ])

  static let reading = section.reading(from: Self()) { tls, given, reader in
    given.require("cert_file", reader)
    given.require("key_file", reader)
    if tls.clientCAFile == nil, given.isSound("client_ca_file", "client_auth"), let node = given["client_auth"] {
      reader.report("client_auth needs a client_ca_file", at: node)
    }
  }
}
