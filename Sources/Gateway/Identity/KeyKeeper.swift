internal import Config
internal import Credentials
internal import Glibc
internal import Logging
internal import Outbound
internal import Synchronization
internal import Threads

/// Sees to it that tokens are verified by the keys that their issuer has now: looks for them at an interval, and sooner
/// when a token names one that is not known. Keys that were found hold until others are. Any thread.
final class KeyKeeper: Sendable {
  /// Another look is not worth it sooner: tokens with made-up keys must not make the issuer busy.
  static let leastInterval = Duration.seconds(10)

  private struct State {
    var isAsked = true
    var isStopped = false
    var lastLook: MonotonicTime?
  }

  let settings: Configuration.JWT
  let verifier: TokenVerifier
  private let log: Logger
  private let state: Condition<State>
  private let thread = Mutex<Thread?>(nil)

  /// - Throws: when the keys are in a file, and it cannot be used.
  init(_ settings: Configuration.JWT, log: Logger) throws(GatewayError) {
    self.settings = settings
    self.log = log
    let state = Condition(State())
    self.state = state
    verifier = TokenVerifier(TokenRules(settings), clock: { Timestamp.seconds() }) { Self.ask(state) }
    guard let file = settings.keyFile else { return }
    do throws(KeyFault) { verifier.use(try Self.read(file)) } catch {
      throw GatewayError("tenancy.jwt.jwks_file: \(error)")
    }
    state.withLock { state in
      state.isAsked = false
      state.lastLook = .now
    }
  }

  /// Once. Without a thread the keys that are there hold, which is said.
  func start() {
    do throws(Thread.StartError) {
      let made = try Thread(name: "keys") { [self] in run() }
      thread.withLock { $0 = made }
    } catch {
      log.error(
        "the keys of tokens cannot be looked for", metadata: ["reason": "\(String(cString: strerror(error.code)))"])
    }
  }

  /// Returns when the look that is under way, if there is one, is over.
  func stop() {
    state.withLock { $0.isStopped = true }
    state.broadcast()
    thread.withLock { $0.take() }?.join()
  }

  /// Whether a look begins now, or is under way.
  private static func ask(_ state: Condition<State>) -> Bool {
    let isWorthIt = state.withLock { state in
      if state.isAsked { return true }
      guard let last = state.lastLook, last.advanced(by: leastInterval) > .now else {
        state.isAsked = true
        return true
      }
      return false
    }
    if isWorthIt { state.signal() }
    return isWorthIt
  }

  private func run() {
    var failures = 0
    while true {
      let pause = failures == 0 ? settings.refreshInterval : min(settings.refreshInterval, Self.leastInterval)
      let due = MonotonicTime.now.advanced(by: pause)
      let goesOn = state.wait(until: due) { $0.isStopped ? false : $0.isAsked ? true : nil } ?? true
      guard goesOn else { return }
      failures = look() ? 0 : failures + 1
      state.withLock { state in
        state.isAsked = false
        state.lastLook = .now
      }
    }
  }

  /// Whether keys were found.
  private func look() -> Bool {
    do throws(KeyFault) {
      verifier.use(try find())
      log.debug("the keys of tokens were read")
      return true
    } catch {
      log.warning("the keys of tokens cannot be had, those from before hold", metadata: ["reason": "\(error)"])
      return false
    }
  }

  private func find() throws(KeyFault) -> KeySet {
    if let file = settings.keyFile { return try Self.read(file) }
    guard let endpoint = settings.keyEndpoint else { throw KeyFault(description: "no place is configured") }
    var tls = TLSOptions()
    tls.caFile = settings.caFile
    let response: HTTPResponse
    do throws(HTTPClientError) {
      let client = try HTTPClient(timeout: .seconds(10), tls: tls, largestBody: 1 << 20)
      response = try client.get(endpoint.url)
    } catch {
      throw KeyFault(description: "\(endpoint): \(error)")
    }
    guard response.status == 200 else { throw KeyFault(description: "\(endpoint) answered \(response.status)") }
    return try Self.keys(response.body, of: "\(endpoint)")
  }

  private static func read(_ file: String) throws(KeyFault) -> KeySet {
    guard let stream = fopen(file, "re") else {
      throw KeyFault(description: "\(file): \(String(cString: strerror(errno)))")
    }
    defer { fclose(stream) }
    var text = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&text, 1, text.count, stream)
    return try keys(Array(text[..<count]), of: file)
  }

  private static func keys(_ text: [UInt8], of place: String) throws(KeyFault) -> KeySet {
    do throws(KeySet.Fault) { return try KeySet(text) } catch { throw KeyFault(description: "\(place) \(error)") }
  }
}

/// Why there are no keys.
private struct KeyFault: Error, CustomStringConvertible {
  let description: String
}

extension TokenRules {
  fileprivate init(_ settings: Configuration.JWT) {
    self.init()
    issuer = settings.issuer
    audiences = settings.audiences
    tenantClaim = settings.tenantClaim
    leeway = settings.leeway
    if !settings.algorithms.isEmpty {
      algorithms = Set(settings.algorithms.compactMap { SignatureAlgorithm(rawValue: $0) })
    }
  }
}
