extension Configuration.RemoteWrite {
  static let section = Section<Self>([
    Field("endpoint", \.endpoint, .endpoint),
    Field("protocol_version", \.protocolVersion, .choice(ProtocolVersion.allCases)),
    Field("tenant_header", \.tenantHeader, Reading.headerName.orNull),
    Field("headers", \.headers, .headers),
    Field("auth", \.auth, Configuration.Auth.reading.orNull),
    Field("tls", \.tls, Configuration.TLS.reading),
    Field("timeout", \.timeout, .duration(atLeast: .milliseconds(1))),
    Field("partial_refusal", \.partialRefusal, .choice(Configuration.PartialRefusal.allCases)),
  ])

  /// Reports what is wrong with single keys.
  static func check(_ given: inout Given, _ reader: Reader) {
    var remote = Self(endpoint: .unset)
    section.read(&given, into: &remote, reader)
  }

  /// Where the endpoint is missing or bad that is reported, and what is given back stays unused.
  static func read(_ given: inout Given, _ reader: Reader) -> Self {
    var remote = Self(endpoint: .unset)
    section.read(&given, into: &remote, reader)
    given.require("endpoint", reader, reason: " for type remote_write")
    if given.isSound("tenant_header") { remote.checkTenantHeader(given, reader) }
    if given.isSound("endpoint", "tls"), let node = given["tls"], given["endpoint"] != nil,
      !remote.endpoint.isSecure, remote.tls != Configuration.TLS()
    {
      reader.warn("the endpoint is http, so this has no effect", at: node)
    }
    return remote
  }

  private func checkTenantHeader(_ given: Given, _ reader: Reader) {
    guard let tenantHeader, case .mapping(let entries) = given["headers"]?.content else { return }
    for entry in entries where entry.key.lowercased() == tenantHeader.lowercased() {
      reader.report("is the tenant_header, which carries the tenant", at: entry.keyPosition, path: entry.value.path)
    }
  }
}

extension Configuration.Auth {
  /// As it stands in the file, where either can be left out.
  private struct Keys: Sendable {
    var basic: Basic?
    var bearer: Secret?
    var sigv4: Configuration.SigV4?
  }

  private struct Basic: Sendable {
    var username = ""
    var password = Secret("")
  }

  private static let section = Section<Keys>([
    Field("basic", \.basic, basic.orNull),
    Field("bearer", \.bearer, bearer.orNull),
    Field("sigv4", \.sigv4, sigv4.orNull),
  ])

  private static let basic = Section<Basic>([
    Field("username", \.username, .username),
    Field("password", \.password, .secret()),
  ]).reading(from: Basic()) { _, given, reader in
    given.require("username", reader)
    given.require("password", reader)
  }

  private static let bearer = Section<Secret>([
    Field("token", \.self, .secret(Names.complaint(ofToken:)))
  ]).reading(from: Secret("")) { _, given, reader in given.require("token", reader) }

  private static let sigv4 = Section<Configuration.SigV4>([
    Field("region", \.region, .awsName),
    Field("access_key", \.accessKey, .awsName),
    Field("secret_key", \.secretKey, .secret(Names.complaint(ofToken:))),
    Field("session_token", \.sessionToken, Reading.secret(Names.complaint(ofToken:)).orNull),
  ]).reading(from: Configuration.SigV4()) { _, given, reader in
    for key in ["region", "access_key", "secret_key"] { given.require(key, reader) }
  }

  static let reading = Reading<Self>(keys: section.keys) { node, reader in
    var keys = Keys()
    guard let given = section.read(node, into: &keys, reader), given.failed.isEmpty else { return nil }
    switch (keys.basic, keys.bearer, keys.sigv4) {
    case (let basic?, nil, nil): return .basic(username: basic.username, password: basic.password)
    case (nil, let token?, nil): return .bearer(token: token)
    case (nil, nil, let signature?): return .sigv4(signature)
    default:
      reader.report("exactly one of basic, bearer and sigv4 is needed", at: node)
      return nil
    }
  }
}

extension Configuration.TLS {
  static let section = Section<Self>([
    Field("ca_file", \.caFile, Reading.path.orNull),
    Field("cert_file", \.certFile, Reading.path.orNull),
    Field("key_file", \.keyFile, Reading.path.orNull),
    Field("insecure_skip_verify", \.insecureSkipVerify, .bool),
    Field("server_name", \.serverName, Reading.serverName.orNull),
  ])

  static let reading = section.reading(from: Self()) { tls, given, reader in
    guard given.isSound("cert_file", "key_file"), (tls.certFile == nil) != (tls.keyFile == nil) else { return }
    reader.report("cert_file and key_file are needed together", at: given.node)
  }
}

extension Names {
  static func complaint(ofToken text: String) -> String? {
    text.utf8.allSatisfy { (0x21..<0x7F).contains($0) } ? nil : "holds a blank or a character that is not ASCII"
  }
}

extension Reading<String> {
  static let username = text("a user name") { (text) throws(Complaint) in
    guard !text.isEmpty, !text.contains(":"), Names.complaint(ofHeaderValue: text) == nil else {
      throw Complaint("is not a user name: not empty, without : and control characters")
    }
    return text
  }

  fileprivate static let awsName = text("a name of AWS") { (text) throws(Complaint) in
    let isPlain = text.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard isPlain, !text.isEmpty else { throw Complaint("is no name of AWS: letters, digits, - and _") }
    return text
  }

  fileprivate static let serverName = text("a host name") { (text) throws(Complaint) in
    guard Address.isHostName(text[...]) else { throw Complaint("is not a host name") }
    return text
  }
}

extension Reading<Endpoint> {
  static let endpoint = scalar("a URL", kind: .url) { (scalar) throws(Complaint) in
    if scalar.text.hasSuffix(ConfigurationDocument.mask) {
      throw Complaint("has a query that is not shown: write it in full")
    }
    if Endpoint.hasCredentials(scalar.text) { throw Complaint("holds credentials, which belong in auth") }
    do throws(Complaint) { return try Endpoint(scalar.text) } catch {
      throw Complaint("\(scalar.shown) \(error.message)")
    }
  }
}

extension Reading<[String: Secret]> {
  fileprivate static let headers = Reading<[(name: String, value: Secret)]>.mapping(
    of: { _ in .secret(Names.complaint(ofHeaderValue:)) }, names: Names.complaint(ofHeader:)
  )
  .checked { headers, _ in Names.complaint(ofRepeated: headers.map(\.name)) }
  .map { Dictionary($0.map { ($0.name, $0.value) }) { first, _ in first } }
}

extension Names {
  /// Header names are the same in whatever case.
  static func complaint(ofRepeated headers: [String]) -> String? {
    var seen: [String: String] = [:]
    for name in headers {
      if let other = seen.updateValue(name, forKey: name.lowercased()) {
        return "\"\(other)\" and \"\(name)\" are the same header"
      }
    }
    return nil
  }
}
