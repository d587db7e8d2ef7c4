extension Configuration.Tenancy {
  static let section = Section<Self>([
    Field("sources", \.sources, .list(of: .choice(Source.allCases), atLeast: 1).checked(repeated)),
    Field("header", \.header, .headerName),
    Field("default", \.defaultTenant, Reading.tenant.orNull),
    Field("client_cert", \.certificateName, .choice(CertificateName.allCases)),
    Field("label", \.label, Label.section.reading(from: Label())),
    Field("resource_attribute", \.resourceAttribute, .string()),
    Field("jwt", \.jwt, Configuration.JWT.reading.orNull),
    Field("require_credentials", \.requiresCredentials, .bool),
    Field("credentials", \.credentials, Configuration.Credential.readingOfAll),
  ])

  private static func repeated(_ sources: [Source], _ reader: Reader) -> String? {
    Set(sources).count == sources.count ? nil : "a source is named twice"
  }
}

extension Configuration.Tenancy.Label {
  static let section = Section<Self>([
    Field(
      "name", \.name,
      Reading.labelName.checked { name, _ in name == "__name__" ? "the name of the metric cannot be the tenant" : nil }),
    Field("remove", \.isRemoved, .bool),
  ])
}

extension Configuration.Tenant {
  private static let section = Section<Self>([
    Field("tokens", \.tokens, .list(of: .secret(Names.complaint(ofToken:)))),
    Field("token_sha256", \.hashedTokens, Configuration.HashedToken.readingOfAll),
    Field("limits", \.limits, Configuration.Limits.section.reading(from: Configuration.Limits())),
  ])

  static let readingOfAll = Reading<[(name: String, value: Self)]>.mapping(
    of: { name in section.reading(from: Self(name: name)) }, keys: section.keys,
    names: { name in Names.complaint(ofTenant: name).map { "\"\(name)\" \($0)" } }
  ).map { $0.map(\.value) }
}

extension Configuration.HashedToken {
  static let readingOfAll = Reading<[(name: String, value: Secret)]>.mapping(
    of: { _ in .secret(complaint) }, names: { name in Names.complaint(ofName: name).map { "\"\(name)\" \($0)" } }
  ).map { $0.map { Self(name: $0.name, sha256: $0.value) } }

  private static func complaint(_ text: String) -> String? {
    let isHash = text.utf8.count == 64 && text.utf8.allSatisfy { $0.isDigit || (0x61...0x66).contains($0) }
    return isHash ? nil : "is not 64 hexadecimal digits in lower case"
  }
}

extension Configuration.Credential {
  /// As it stands in the file, where each can be left out.
  private struct Keys: Sendable {
    var name = ""
    var tenants: [String] = []
    var token: Secret?
    var username: String?
    var password: Secret?
    var certificate: String?
  }

  private static let section = Section<Keys>([
    Field("name", \.name, .name),
    Field("tenants", \.tenants, .oneOrList(of: .tenantGlob)),
    Field("token", \.token, Reading.secret(Names.complaint(ofToken:)).map { $0 }),
    Field("username", \.username, Reading.username.map { $0 }),
    Field("password", \.password, Reading.secret().map { $0 }),
    Field("client_cert", \.certificate, Reading.string().map { $0 }),
  ])

  private static let reading = Reading<Self>(keys: section.keys) { node, reader in
    var keys = Keys()
    guard let given = section.read(node, into: &keys, reader) else { return nil }
    given.require("name", reader)
    given.require("tenants", reader)
    guard given.failed.isEmpty else { return nil }
    guard let kind = kind(keys) else {
      reader.report("exactly one of token, username with password, and client_cert is needed", at: node)
      return nil
    }
    return Self(name: keys.name, tenants: keys.tenants, kind: kind)
  }

  static let readingOfAll = Reading<[Self]>.list(of: reading).checked { credentials, _ in
    let names = credentials.map(\.name)
    return names.enumerated().first { names.firstIndex(of: $0.element) != $0.offset }
      .map { "\"\($0.element)\" is the name of two credentials" }
  }

  private static func kind(_ keys: Keys) -> Kind? {
    switch (keys.token, keys.username, keys.password, keys.certificate) {
    case (let token?, nil, nil, nil): .token(token)
    case (nil, let username?, let password?, nil): .password(username: username, password)
    case (nil, nil, nil, let name?): .certificate(name)
    default: nil
    }
  }
}

extension Configuration {
  /// That each credential says one thing, and that those who can use it are asked for it.
  static func checkCredentials(_ configuration: Configuration, _ given: Given, _ reader: Reader) {
    var owners: [String: String] = [:]
    let tenancy = given["tenancy"]
    for tenant in configuration.tenants {
      for token in tenant.tokens {
        guard let other = owners.updateValue("tenants.\(tenant.name)", forKey: token.exposed) else { continue }
        report("tenants.\(tenant.name)", other, at: given["tenants"]?.member(tenant.name), reader)
      }
      for hash in tenant.hashedTokens.map(\.sha256.exposed) {
        guard let other = owners.updateValue("tenants.\(tenant.name)", forKey: "sha256:" + hash) else { continue }
        report("tenants.\(tenant.name)", other, at: given["tenants"]?.member(tenant.name), reader)
      }
    }
    var users = Set(configuration.tenants.filter(\.hasTokens).map(\.name))
    for credential in configuration.tenancy.credentials {
      switch credential.kind {
      case .token(let token):
        if let other = owners.updateValue("credential \(credential.name)", forKey: token.exposed) {
          report("credential \(credential.name)", other, at: tenancy?.member("credentials"), reader)
        }
      case .password(let user, _):
        if !users.insert(user).inserted {
          reader.report(
            "there are two passwords for user \"\(user)\"", at: tenancy?.member("credentials") ?? given.node)
        }
      case .certificate: break
      }
    }
    if configuration.tenancy.sources.contains(.clientCertificate), let node = tenancy,
      configuration.listeners.allSatisfy({ $0.tls?.clientCAFile == nil })
    {
      reader.report("client_cert is a source, and no listener has tls.client_ca_file to verify one", at: node)
    }
    warnOfUseless(configuration, given, reader)
  }

  private static func report(_ one: String, _ other: String, at node: Node?, _ reader: Reader) {
    guard let node else { return }
    reader.report("\(one) has the same token as \(other): a token is good for one entry", at: node)
  }

  private static func warnOfUseless(_ configuration: Configuration, _ given: Given, _ reader: Reader) {
    let sources = configuration.tenancy.sources
    let takesTokens = sources.contains(.bearer) || sources.contains(.basicAuth)
    if !takesTokens, let node = given["tenants"], configuration.tenants.contains(where: \.hasTokens) {
      reader.warn("there are tokens, and tenancy.sources has neither bearer nor basic_auth to take them", at: node)
    }
    if configuration.tenancy.jwt != nil, !sources.contains(.bearer), let node = given["tenancy"]?.member("jwt") {
      reader.warn("it has no effect: tenancy.sources has no bearer", at: node)
    }
    for credential in configuration.tenancy.credentials {
      let source: Tenancy.Source =
        switch credential.kind {
        case .token: .bearer
        case .password: .basicAuth
        case .certificate: .clientCertificate
        }
      guard !sources.contains(source), let node = given["tenancy"]?.member("credentials") else { continue }
      reader.warn("\"\(credential.name)\" has no effect: tenancy.sources has no \(source.rawValue)", at: node)
    }
  }
}
