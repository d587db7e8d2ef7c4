/// One step of relabelling, as Prometheus's `relabel_config` has it.
public struct RelabelConfig: Hashable, Sendable {
  public enum Action: String, CaseIterable, Sendable {
    case replace, keep, drop, keepequal, dropequal, hashmod, labelmap, labeldrop, labelkeep
    case lowercase, uppercase
  }

  public var action = Action.replace
  public var sourceLabels: [String] = []
  public var separator = ";"
  /// RE2, matched against the whole of the joined source labels.
  public var regex = "(.*)"
  public var targetLabel = ""
  public var replacement = "$1"
  public var modulus: UInt64 = 0

  public init() {}
}
