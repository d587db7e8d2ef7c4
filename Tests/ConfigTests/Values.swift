import Rules
import Testing

@testable import Config

@Suite struct Values {
  static let everything = """
    listeners:
      - {address: "127.0.0.1:1", name: edge, max_body_bytes: 1KiB, max_decoded_bytes: 1MB, idle_timeout: 2s, request_timeout: 3s, max_connections: 4}
      - {address: "[::1]:2"}
    admin: {address: ":3", tokens: [{name: ops, token: 0123456789abcdef, role: admin}]}
    data_dir: /var/lib/sluice
    routes_from: file
    log: {level: notice, format: json}
    shutdown_timeout: 0
    workers: 2
    tenancy: {sources: [path], header: X-Tenant, default: nobody}
    ha_dedup: {enabled: true, cluster_label: c, replica_label: r, failover_timeout: 5s, max_clusters: 7}
    backends:
      cortex:
        type: remote_write
        endpoint: https://h:8443/push?x=1
        protocol_version: "1.0"
        tenant_header: THANOS-TENANT
        headers: {X-One: two words, X-Number: 5}
        auth: {basic: {username: me, password: secret}}
        tls: {ca_file: Package.swift, cert_file: Package.swift, key_file: Package.swift, insecure_skip_verify: true, server_name: other}
        namespace: ns
        external_labels: {cluster: eu1, __replica__: 1}
        write_relabel_configs: [{action: labeldrop, regex: tmp}]
        timeout: 1m
        best_effort: true
        batch: {send_batch_size: 1, timeout: 1ms, max_bytes: 5}
        sending_queue: {num_consumers: 2, queue_size: 6, max_age: 1w, shards_per_tenant: 3}
        retry_on_failure: {enabled: false, initial_interval: 2s, max_interval: 2s, max_elapsed_time: 1h}
      other: {type: remote_write, endpoint: "http://[::1]/", auth: {bearer: {token: t}}, tenant_header: null, tls: }
    routes:
      - name: one
        match: {tenant: [a, "b-*"], signal: metrics, protocol: otlp, listener: edge, headers: {X-Env: prod}, resource: {a.b: c*}, series: '{env="prod"}'}
        rewrite:
          tenant: "x-{tenant}"
          headers: {X-A: "{label.a}"}
          relabel_configs:
            - {source_labels: [a, b], separator: "-", regex: (.+), target_label: "${1}_c", replacement: "${1}", action: replace, modulus: 8}
        send: [cortex, other]
        ack: delivered
        priority: -3
        continue: true
        enabled: false
        sample: 0.25
        ha_dedup: {max_clusters: 3}
    tests:
      - name: a test
        given: {tenant: a, protocol: otlp, listener: edge, headers: {X-Env: dev}, resource: {a.b: c}, series: {x: "", y: 1}}
        expect: {fate: no_route, routes: [one], backends: [cortex], tenant: z, labels: {x: y}}
    """

  @Test func `every key fills its property`() throws {
    let configuration = try load(Self.everything)
    #expect(configuration == Self.expected)
  }

  @Test(arguments: Configuration.RemoteWrite.ProtocolVersion.allCases)
  func `a backend may be spoken to in any version, quoted or not`(
    _ version: Configuration.RemoteWrite.ProtocolVersion
  ) throws {
    for text in [version.rawValue, "'\(version.rawValue)'"] {
      let backend = try load(Sample.remote("protocol_version: \(text)")).backends[0]
      guard case .remoteWrite(let remote) = backend.destination else {
        Issue.record("no remote-write backend")
        return
      }
      #expect(remote.protocolVersion == version)
    }
  }

  static var expected: Configuration {
    var configuration = Configuration()
    var first = Configuration.Listener()
    first.address = Address(host: "127.0.0.1", port: 1)
    first.name = "edge"
    first.maxBodyBytes = 1024
    first.maxDecodedBytes = 1_000_000
    first.idleTimeout = .seconds(2)
    first.requestTimeout = .seconds(3)
    first.maxConnections = 4
    var second = Configuration.Listener()
    second.address = Address(host: "::1", port: 2)
    configuration.listeners = [first, second]
    configuration.admin.address = Address(host: "", port: 3)
    var token = Configuration.AdminToken()
    token.name = "ops"
    token.token = Secret("0123456789abcdef")
    token.role = .admin
    configuration.admin.tokens = [token]
    configuration.dataDir = "/var/lib/sluice"
    configuration.routesFrom = .file
    configuration.log.level = .notice
    configuration.log.format = .json
    configuration.shutdownTimeout = .zero
    configuration.workers = 2
    configuration.tenancy.sources = [.path]
    configuration.tenancy.header = "X-Tenant"
    configuration.tenancy.defaultTenant = "nobody"
    configuration.replicas.isEnabled = true
    configuration.replicas.clusterLabel = "c"
    configuration.replicas.replicaLabel = "r"
    configuration.replicas.failoverTimeout = .seconds(5)
    configuration.replicas.maxClusters = 7
    configuration.backends = [cortex, other]
    configuration.routes = [route]
    var test = Configuration.RouteTest()
    test.name = "a test"
    test.given.tenant = "a"
    test.given.protocolName = .otlp
    test.given.listener = "edge"
    test.given.headers = ["X-Env": "dev"]
    test.given.resource = ["a.b": "c"]
    test.given.series = ["x": "", "y": "1"]
    test.expect.fate = .noRoute
    test.expect.routes = ["one"]
    test.expect.backends = ["cortex"]
    test.expect.tenant = "z"
    test.expect.labels = ["x": "y"]
    configuration.tests = [test]
    return configuration
  }

  static var cortex: Configuration.Backend {
    var remote = Configuration.RemoteWrite(endpoint: .init(url: "https://h:8443/push?x=1", isSecure: true))
    remote.tenantHeader = "THANOS-TENANT"
    remote.headers = ["X-One": Secret("two words"), "X-Number": Secret("5")]
    remote.auth = .basic(username: "me", password: Secret("secret"))
    remote.tls.caFile = "Package.swift"
    remote.tls.certFile = "Package.swift"
    remote.tls.keyFile = "Package.swift"
    remote.tls.insecureSkipVerify = true
    remote.tls.serverName = "other"
    remote.timeout = .seconds(60)
    var backend = Configuration.Backend(name: "cortex")
    backend.destination = .remoteWrite(remote)
    backend.namespace = "ns"
    backend.externalLabels = ["cluster": "eu1", "__replica__": "1"]
    var step = RelabelConfig()
    step.action = .labeldrop
    step.regex = "tmp"
    backend.writeRelabelConfigs = [step]
    backend.isBestEffort = true
    backend.batch.sendBatchSize = 1
    backend.batch.timeout = .milliseconds(1)
    backend.batch.maxBytes = 5
    backend.sendingQueue.numConsumers = 2
    backend.sendingQueue.queueSize = 6
    backend.sendingQueue.maxAge = .seconds(7 * 24 * 3600)
    backend.sendingQueue.shardsPerTenant = 3
    backend.retryOnFailure.isEnabled = false
    backend.retryOnFailure.initialInterval = .seconds(2)
    backend.retryOnFailure.maxInterval = .seconds(2)
    backend.retryOnFailure.maxElapsedTime = .seconds(3600)
    return backend
  }

  static var other: Configuration.Backend {
    var remote = Configuration.RemoteWrite(endpoint: .init(url: "http://[::1]/", isSecure: false))
    remote.auth = .bearer(token: Secret("t"))
    remote.tenantHeader = nil
    var backend = Configuration.Backend(name: "other")
    backend.destination = .remoteWrite(remote)
    return backend
  }

  static var route: Route {
    var route = Route(name: "one")
    route.match.tenants = ["a", "b-*"]
    route.match.signals = [.metrics]
    route.match.protocols = [.otlp]
    route.match.listeners = ["edge"]
    route.match.headers = ["X-Env": "prod"]
    route.match.resource = ["a.b": "c*"]
    route.match.series = ["{env=\"prod\"}"]
    route.rewrite.tenant = "x-{tenant}"
    route.rewrite.headers = ["X-A": "{label.a}"]
    var step = RelabelConfig()
    step.sourceLabels = ["a", "b"]
    step.separator = "-"
    step.regex = "(.+)"
    step.targetLabel = "${1}_c"
    step.replacement = "${1}"
    step.modulus = 8
    route.rewrite.relabelConfigs = [step]
    route.send = ["cortex", "other"]
    route.acknowledgement = .delivered
    route.priority = -3
    route.continues = true
    route.isEnabled = false
    route.sample = 0.25
    var replicas = ReplicaDeduplication()
    replicas.isEnabled = true
    replicas.maxClusters = 3
    route.replicas = replicas
    return route
  }

  @Test func `what is left out has the default of its property`() throws {
    var expected = Configuration()
    expected.backends = [Configuration.Backend(name: "a")]
    expected.routes = [Configuration.route("r", send: ["a"])]
    #expect(try load(Sample.whole) == expected)
    #expect(expected.listeners == [Configuration.Listener()])
  }

  @Test func `empty mappings and null sections change nothing`() throws {
    let text = Sample.whole + "admin:\nlog: {}\ntenancy: ~\n"
    #expect(try load(text) == load(Sample.whole))
  }

  @Test func `JSON is taken`() throws {
    let json = #"""
      {
      	"backends": {"a": {"type": "remote_write", "endpoint": "http:\/\/h/p", "tenant_header": null}},
      	"routes": [{"name": "r", "send": ["a"], "continue": true, "priority": 2}]
      }
      """#
    let yaml = """
      backends: {a: {type: remote_write, endpoint: http://h/p, tenant_header: }}
      routes: [{name: r, send: [a], continue: true, priority: 2}]
      """
    #expect(try load(json) == load(yaml))
  }

  @Test func `a byte order mark is passed over`() throws {
    #expect(try load("\u{FEFF}" + Sample.whole) == load(Sample.whole))
  }

  @Test func `backends keep the order of the file and are found by name`() throws {
    let configuration = try load("backends: {z: {type: debug}, a: {type: debug}}\nroutes: [{name: r, send: [a, z]}]")
    #expect(configuration.backends.map(\.name) == ["z", "a"])
    #expect(configuration.backend(named: "a") == Configuration.Backend(name: "a"))
    #expect(configuration.backend(named: "b") == nil)
  }
}
