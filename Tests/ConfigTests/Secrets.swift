import Config
import Testing

@Suite struct Secrets {
  static let text = """
    backends:
      a:
        type: remote_write
        endpoint: http://h/write?p=hunter2
        headers: {X-Key: hunter2}
        auth: {basic: {username: u, password: hunter2}}
      b: {type: remote_write, endpoint: http://h, auth: {bearer: {token: hunter2}}}
    routes: [{name: r, send: [a, b]}]
    """

  @Test func `no description and no dump shows a secret`() throws {
    let configuration = try load(Self.text)
    var dumped = ""
    dump(configuration, to: &dumped)
    let all = dumped + "\(configuration)" + String(reflecting: configuration) + "\(configuration.backends)"
    #expect(!all.contains("hunter2"))
    #expect(all.contains("<secret>"))
    #expect(all.contains("http://h/write?…"))
  }

  @Test func `who needs a secret gets it`() throws {
    guard case .remoteWrite(let remote) = try load(Self.text).backends[0].destination else {
      Issue.record("no remote-write backend")
      return
    }
    #expect(remote.headers["X-Key"]?.exposed == "hunter2")
    #expect(remote.auth == .basic(username: "u", password: Secret("hunter2")))
    #expect(remote.endpoint.url == "http://h/write?p=hunter2")
  }
}

@Suite struct Warnings {
  static func warnings(_ text: String) throws -> [String] { try load(text).warnings.map(\.description) }

  @Test func `a backend that no route sends to is told`() throws {
    let text = "backends: {a: {type: debug}, b: {type: debug}}\n" + Sample.routes
    #expect(try Self.warnings(text) == ["t.yaml:1:33: backends.b: no route sends to it"])
  }

  @Test(arguments: [
    "{name: x, send: [a]}, {name: y, send: [a]}",
    "{name: x, send: [a], match: {tenant: '*'}}, {name: y, send: [a]}",
    "{name: x, send: [a], match: {signal: metrics, protocol: [otlp, remote_write]}}, {name: y, send: [a]}",
    "{name: x, send: [a]}, {name: y, send: [a], match: {tenant: t}, continue: true}",
    "{name: x, send: [a], priority: 0}, {name: y, send: [a], priority: -1}",
  ])
  func `a route behind one that takes everything is told`(_ routes: String) throws {
    let told = try Self.warnings(Sample.backends + "routes: [\(routes)]\n")
    #expect(told.count == 1)
    #expect(told.first?.hasSuffix(": routes[1]: never reached: routes[0] (\"x\") takes everything before it") == true)
  }

  @Test func `priority decides which route is behind`() throws {
    let routes = "routes: [{name: x, send: [a], match: {tenant: t}}, {name: y, send: [a], priority: 1}]\n"
    #expect(
      try Self.warnings(Sample.backends + routes)
        == ["t.yaml:2:10: routes[0]: never reached: routes[1] (\"y\") takes everything before it"])
  }

  @Test(arguments: [
    "{name: x, send: [a], continue: true}, {name: y, send: [a]}",
    "{name: x, send: [a], enabled: false}, {name: y, send: [a]}",
    "{name: x, send: [a]}, {name: y, send: [a], enabled: false}",
    "{name: x, send: [a]}, {name: y, send: [a], priority: 1, match: {tenant: t}}",
    "{name: x, send: [a], match: {tenant: t}}, {name: y, send: [a]}",
    "{name: x, send: [a], match: {protocol: otlp}}, {name: y, send: [a]}",
    "{name: x, send: [a], match: {headers: {A: '*'}}}, {name: y, send: [a]}",
    "{name: x, send: [a], match: {series: '{}'}}, {name: y, send: [a]}",
  ])
  func `a route that can be reached is not`(_ routes: String) throws {
    #expect(try Self.warnings(Sample.backends + "routes: [\(routes)]\n") == [])
  }

  @Test func `a TLS file that is not there and TLS without https are told`() throws {
    #expect(
      try Self.warnings(Sample.remote("tls: {ca_file: gone.pem}")) == [
        "t.yaml:1:65: backends.a.tls: the endpoint is http, so this has no effect",
        "t.yaml:1:75: backends.a.tls.ca_file: the file cannot be read now",
      ])
  }
}
