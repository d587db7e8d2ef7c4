/// Where the requests of a backend go over HTTP, and what they have in common.
public struct Endpoint: Equatable, Sendable {
  public let url: String
  /// The bearer token is among them.
  public let headers: [HeaderField]
  public let authentication: Authentication
  public let tls: TLSOptions
  public let timeout: Duration
  /// The headers of an answer that its verdict depends on.
  let observedHeaders: [String]

  /// - Parameters:
  ///   - options: URL, headers, authentication, TLS and timeout are taken from here.
  ///   - adding: headers of the protocol, which `options` must not set.
  ///   - reserving: names that `options` must not set either.
  ///   - observing: the headers of answers that a backend wants to see.
  /// - Throws: what is wrong with the options.
  public init(
    _ options: BackendOptions, adding own: [HeaderField] = [], reserving reserved: [String] = [],
    observing observed: [String] = []
  ) throws(BackendError) {
    try Self.check(url: options.url)
    try Self.check(tls: options.tls)
    guard options.timeout > .zero else { throw BackendError("timeout", "must be longer than nothing") }
    let signed = options.authentication.isSignature ? SigV4.headers : []
    let taken = Set((own.map(\.name) + reserved + Self.reserved + signed).map { $0.lowercased() })
    var headers = own
    for (name, value) in options.headers.sorted(by: { $0.key < $1.key }) {
      guard let field = HeaderField(name, value) else {
        throw BackendError("headers", "\"\(Excerpt.line(of: name.utf8))\" is no header, or its value breaks the line")
      }
      guard !taken.contains(name.lowercased()) else {
        throw BackendError("headers", "\"\(name)\" is set by Sluice itself")
      }
      headers.append(field)
    }
    if let field = try Self.field(for: options.authentication) { headers.append(field) }
    let authorizations = headers.filter { $0.name.lowercased() == "authorization" }.count
    guard authorizations + (options.authentication.isOfCurl ? 1 : 0) <= 1 else {
      throw BackendError("headers", "\"Authorization\" is set by auth as well")
    }
    url = options.authentication.isSignature ? SigV4.sortingQuery(of: options.url) : options.url
    self.headers = headers
    authentication = options.authentication
    tls = options.tls
    timeout = options.timeout
    observedHeaders = observed
  }

  /// For a request without a backend.
  init(url: String, tls: TLSOptions, timeout: Duration) throws(BackendError) {
    try Self.check(url: url)
    self.url = url
    headers = []
    authentication = .none
    self.tls = tls
    self.timeout = timeout
    observedHeaders = []
  }

  // They say how a message is framed: a second opinion there is how requests are smuggled.
  static let reserved = ["Content-Length", "Transfer-Encoding", "Connection", "Expect", "Retry-Attempt"]

  private static func check(url: String) throws(BackendError) {
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw BackendError("endpoint", "a URL has no blanks or control characters")
    }
    do {
      _ = try URLParts(url)
    } catch {
      throw BackendError("endpoint", "\"\(url)\" is no http or https URL: \(error.text)")
    }
  }

  private static func check(tls: TLSOptions) throws(BackendError) {
    if tls.keyFile != nil, tls.certificateFile == nil {
      throw BackendError("tls.key_file", "needs cert_file as well")
    }
    guard let name = tls.serverName else { return }
    let isPlain = name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !":/?#[]@".utf8.contains($0) }
    guard isPlain, !name.isEmpty else { throw BackendError("tls.server_name", "is no host name") }
  }

  private static func field(for authentication: Authentication) throws(BackendError) -> HeaderField? {
    switch authentication {
    case .none, .basic: return nil
    case .bearer(let token):
      guard let field = HeaderField("Authorization", "Bearer \(token)") else {
        throw BackendError("auth.bearer", "the token has a control character, perhaps a line end")
      }
      return field
    case .signature(let signature): return try signature.tokenField()
    }
  }
}

extension Authentication {
  /// Whether libcurl makes the `Authorization`.
  var isOfCurl: Bool {
    switch self {
    case .basic, .signature: true
    case .none, .bearer: false
    }
  }

  var isSignature: Bool {
    switch self {
    case .signature: true
    case .none, .basic, .bearer: false
    }
  }
}
