extension Configuration.Listener {
  static let section = Section<Self>([
    Field("address", \.address, .address),
    Field("name", \.name, Reading.name.orNull),
    // Offsets into a decoded body are 32 bits wide, and rewritten text needs room behind it.
    Field("max_body_bytes", \.maxBodyBytes, .size(1...2 << 30)),
    Field("max_decoded_bytes", \.maxDecodedBytes, .size(1...2 << 30)),
    // libmicrohttpd counts whole seconds.
    Field("idle_timeout", \.idleTimeout, .duration(atLeast: .seconds(1))),
    Field("request_timeout", \.requestTimeout, .duration(atLeast: .milliseconds(1))),
    Field("max_connections", \.maxConnections, .integer(1...1_000_000)),
    Field("tls", \.tls, Configuration.ServerTLS.reading.orNull),
  ])

  static let reading = section.reading(from: Self())
}

extension Configuration.Admin {
  static let section = Section<Self>([
    Field("address", \.address, .address),
    Field("tokens", \.tokens, .list(of: Configuration.AdminToken.reading).checked(repeated)),
    Field("tls", \.tls, Configuration.ServerTLS.reading.orNull),
  ])

  private static func repeated(_ tokens: [Configuration.AdminToken], _ reader: Reader) -> String? {
    if Set(tokens.map(\.name)).count < tokens.count { return "a name is given twice" }
    return Set(tokens.map(\.token.exposed)).count < tokens.count ? "two have the same token" : nil
  }
}

extension Configuration.AdminToken {
  static let section = Section<Self>([
    Field("name", \.name, .name),
    Field("token", \.token, .secret(Names.complaint(ofAdminToken:))),
    Field("role", \.role, .choice(Role.allCases)),
  ])

  static let reading = section.reading(from: Self()) { _, given, reader in
    for key in ["name", "token", "role"] { given.require(key, reader) }
  }
}

extension Names {
  /// A short token can be guessed.
  fileprivate static func complaint(ofAdminToken text: String) -> String? {
    complaint(ofToken: text) ?? (text.utf8.count < 16 ? "is shorter than 16 characters" : nil)
  }
}

extension Configuration.Log {
  static let section = Section<Self>([
    Field("level", \.level, .choice(Level.allCases)),
    Field("format", \.format, .choice(Format.allCases)),
  ])
}

extension Reading<Address> {
  static let address = text("an address") { (text) throws(Complaint) in
    guard let address = Address(text) else {
      throw Complaint("is not an address, such as 0.0.0.0:4318, [::]:4318 or :4318")
    }
    return address
  }
}
