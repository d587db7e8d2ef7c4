import Config
import Rules

/// A configuration that is complete, with `extra` at its end or a part exchanged.
enum Sample {
  static let backends = "backends: {a: {type: debug}}\n"
  static let routes = "routes: [{name: r, send: [a]}]\n"
  static let whole = backends + routes

  /// A backend called `a` of type remote_write, with `keys` in a flow mapping.
  static func remote(_ keys: String) -> String {
    "backends: {a: {type: remote_write, endpoint: 'http://h/p', \(keys)}}\n" + routes
  }

  static func route(_ keys: String) -> String { backends + "routes: [{name: r, send: [a], \(keys)}]\n" }

  static func relabel(_ keys: String) -> String { route("rewrite: {relabel_configs: [{\(keys)}]}") }
}

func load(
  _ text: String, environment: [String: String] = [:], checks: RouteChecks = RouteChecks()
) throws(ConfigurationErrors) -> Configuration {
  try ConfigurationLoader.load(text: text, name: "t.yaml", environment: environment, checks: checks)
}

/// What a refused text is told, a line each; empty when it is taken.
func complaints(
  _ text: String, environment: [String: String] = [:], checks: RouteChecks = RouteChecks()
) -> [String] {
  do {
    _ = try load(text, environment: environment, checks: checks)
    return []
  } catch {
    return error.problems.map(\.description)
  }
}

extension Configuration {
  static func route(_ name: String, send: [String]) -> Route {
    var route = Route(name: name)
    route.send = send
    return route
  }
}
