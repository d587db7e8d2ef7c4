/// What the routes would do with one series of a request, and why: told rule by rule. A pure value.
public struct Explanation: Equatable, Sendable {
  /// What becomes of the series in the end.
  public enum Fate: Equatable, Sendable {
    /// At least one backend gets it.
    case routed
    /// No route takes it: it is refused.
    case noRoute
    /// A route takes it and sends it nowhere.
    case dropped
    /// The last route told cannot send it: it is refused, with the reason.
    case refused(reason: String)
  }

  public var fate: Fate
  /// In the order in which they are tried, disabled ones last.
  public var routes: [RouteExplanation]
  /// How many more there are, none of which takes the series.
  public var omitted = 0
}

/// What one route says to a series.
public struct RouteExplanation: Equatable, Sendable {
  public enum Verdict: Equatable, Sendable {
    case taken
    case disabled
    /// A route before it took the series for good.
    case notReached(behind: String)
    /// The matcher at `path`, such as `match.tenant`, says no.
    case notMatched(path: String, reason: String)
  }

  public var name: String
  public var verdict: Verdict
  /// As what the series leaves; nil when the route does not take it, or cannot say.
  public var addressee: Addressee?
  /// Whether the series is in the route's sample; nil when there is none.
  public var isSampled: Bool?
  /// Which replica it comes from; nil when the route tells none apart, or the series does not say.
  public var replica: ReplicaExplanation?
  /// One for each form in which the route sends.
  public var outputs: [OutputExplanation] = []
}

public struct ReplicaExplanation: Equatable, Sendable {
  public var cluster: String
  public var replica: String
  /// Whether it would be kept if it came now; nil when no election was asked.
  public var isKept: Bool?
}

/// What is done to a series for the backends that take it in the same form.
public struct OutputExplanation: Equatable, Sendable {
  public var backends: [String]
  /// What happens to its labels, in order; those that change nothing too.
  public var steps: [StepExplanation]
  /// The labels with which it leaves; nil when it does not.
  public var labels: [String: String]?
}

/// One rule, and what it does to the labels.
public struct StepExplanation: Equatable, Sendable {
  public enum Outcome: Equatable, Sendable {
    case kept, dropped, tooLarge
  }

  /// Where the rule stands: `ha_dedup.replica_label`, `rewrite.relabel_configs[2]`, `namespace`, `external_labels`,
  /// `write_relabel_configs[0]`.
  public var rule: String
  /// The action of a relabelling rule.
  public var action: RelabelConfig.Action?
  public var before: [String: String]
  public var after: [String: String]
  public var outcome: Outcome
}
