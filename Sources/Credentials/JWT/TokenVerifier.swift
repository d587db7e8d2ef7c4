internal import Synchronization

/// Verifies JSON Web Tokens by the keys of their issuer, which may change under way. Any thread.
///
/// What was verified is remembered until it expires or the keys change: a token that comes with every request costs its
/// digest.
public final class TokenVerifier: Sendable {
  /// Whether a token is believed.
  public enum Verdict: Equatable, Sendable {
    case tenants([String])
    case refused(TokenFault)
    /// The keys are not there yet, or a key is named that the next look may bring.
    case wait
  }

  fileprivate struct Known: Sendable {
    let tenants: [String]
    let expiry: Double
  }

  fileprivate struct State: Sendable {
    var keys: KeySet?
    /// Counts the sets of keys, so that nothing is remembered that was verified by former ones.
    var generation = 0
    var current: [SecretDigest: Known] = [:]
    var previous: [SecretDigest: Known] = [:]
  }

  private static let mostTries = 8

  /// Tokens that are remembered, in each of two generations.
  public static let mostKnown = 10_000

  private let rules: TokenRules
  private let state: Mutex<State>
  private let clock: @Sendable () -> Double
  /// Asks for newer keys; false when that was done just now and is not worth it again.
  private let askForKeys: @Sendable () -> Bool

  /// - Parameters:
  ///   - keys: nil where they are still to come.
  ///   - clock: seconds since 1970.
  ///   - askForKeys: called for a token whose key is not known; true when another look at the keys has begun.
  public init(
    _ rules: TokenRules, keys: KeySet? = nil, clock: @escaping @Sendable () -> Double,
    askForKeys: @escaping @Sendable () -> Bool = { false }
  ) {
    self.rules = rules
    state = Mutex(State(keys: keys))
    self.clock = clock
    self.askForKeys = askForKeys
  }

  /// From here on these keys count, and no other. What was verified by those before is verified anew.
  public func use(_ keys: KeySet) {
    state.withLock { $0 = State(keys: keys, generation: $0.generation + 1) }
  }

  public func verify(_ text: String) -> Verdict {
    let now = clock()
    let digest = SecretDigest(text)
    let (known, keys, generation) = state.withLock { ($0.known(digest), $0.keys, $0.generation) }
    if let known, now < known.expiry { return .tenants(known.tenants) }
    do throws(TokenFault) {
      let token = try WebToken(text)
      guard rules.algorithms.contains(token.algorithm) else { throw .algorithm }
      guard let keys else {
        _ = askForKeys()
        return .wait
      }
      if let identifier = token.keyIdentifier, !keys.has(identifier) {
        if askForKeys() { return .wait }
        throw .unknownKey
      }
      // A token that names no key is not tried with all of a large set: that would cost whoever sends bad ones nothing.
      let candidates = keys.keys(token.keyIdentifier, for: token.algorithm).prefix(Self.mostTries)
      if candidates.isEmpty { throw .unknownKey }
      guard candidates.contains(where: { $0.verifies(token.signature, of: token.signed, by: token.algorithm) }) else {
        throw .signature
      }
      let (tenants, expiry) = try rules.check(token, now: now)
      state.withLock { state in
        guard state.generation == generation else { return }
        state.remember(digest, Known(tenants: tenants, expiry: expiry), most: Self.mostKnown)
      }
      return .tenants(tenants)
    } catch {
      return .refused(error)
    }
  }
}

extension TokenVerifier.State {
  fileprivate func known(_ digest: SecretDigest) -> TokenVerifier.Known? { current[digest] ?? previous[digest] }

  fileprivate mutating func remember(_ digest: SecretDigest, _ token: TokenVerifier.Known, most: Int) {
    if current.count >= most {
      previous = current
      current = [:]
    }
    current[digest] = token
  }
}
