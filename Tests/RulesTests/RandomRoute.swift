import TestSupport
@testable import Rules

/// Routes and series that meet often enough.
enum RandomRoute {
  static func series(_ dice: inout SeededGenerator) -> LabelSet {
    var labels: LabelSet = ["__name__": dice.pick(["up", "down", "debug_x"])]
    for name in ["env", "team", "x"] where dice.below(2) == 0 {
      labels[name] = dice.pick(["prod", "dev", "a|b", "q r"])
    }
    // One replica a cluster: who is elected is not what this is about.
    if dice.below(2) == 0 {
      labels["cluster"] = "c"
      labels["__replica__"] = "r"
    }
    return labels
  }

  static func make(_ name: String, _ dice: inout SeededGenerator) -> Route {
    var route = Route(name: name)
    route.send = dice.pick([["a"], ["b"], ["a", "b"], []])
    route.continues = dice.below(2) == 0
    route.isEnabled = dice.below(8) > 0
    route.priority = dice.below(3)
    if dice.below(4) == 0 { route.sample = 0.5 }
    if dice.below(4) == 0 {
      route.replicas = ReplicaDeduplication()
      route.replicas?.isEnabled = dice.below(2) == 0
    }
    match(&route.match, &dice)
    rewrite(&route.rewrite, &dice)
    return route
  }

  private static func match(_ match: inout Route.Match, _ dice: inout SeededGenerator) {
    if dice.below(3) == 0 { match.tenants = dice.pick([["t"], ["pay-*"], ["*"], ["t", "other"]]) }
    if dice.below(5) == 0 { match.protocols = [dice.pick([.otlp, .remoteWrite])] }
    if dice.below(5) == 0 { match.listeners = ["ed*"] }
    if dice.below(5) == 0 { match.headers = ["X-Env": "prod"] }
    if dice.below(5) == 0 { match.resource = ["service.name": dice.pick(["shop", "*"])] }
    if dice.below(2) == 0 { match.series = dice.pick([["up"], [#"{env="prod"}"#, #"{team=~"d.*"}"#], [#"{x!=""}"#]]) }
  }

  private static func rewrite(_ rewrite: inout Route.Rewrite, _ dice: inout SeededGenerator) {
    if dice.below(3) == 0 {
      rewrite.tenant = dice.pick(["{tenant}-x", "{label.team:-none}", "{label.env}", "{resource.service.name:-r}"])
    }
    if dice.below(3) == 0 {
      rewrite.headers = dice.pick([["X-A": "{label.x}"], ["X-A": "1", "X-B": "{header.X-Env}"]])
    }
    for _ in 0..<dice.below(3) { rewrite.relabelConfigs.append(rule(&dice)) }
  }

  private static func rule(_ dice: inout SeededGenerator) -> RelabelConfig {
    var config = RelabelConfig()
    config.action = dice.pick([.replace, .drop, .keep, .labeldrop, .hashmod, .uppercase, .labelmap])
    switch config.action {
    case .replace, .hashmod, .uppercase:
      config.sourceLabels = ["env"]
      config.targetLabel = dice.pick(["team", "y", "__name__"])
      config.modulus = config.action == .hashmod ? 4 : 0
    case .drop: (config.sourceLabels, config.regex) = (["env"], "dev")
    case .keep: (config.sourceLabels, config.regex) = (["__name__"], "up|down")
    case .labeldrop: config.regex = dice.pick(["team", "__name__", "x"])
    default: (config.regex, config.replacement) = ("(x)", "copy_$1")
    }
    return config
  }
}
