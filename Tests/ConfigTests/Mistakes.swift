import Config
import Testing

/// Each row: a text, and all that it is told, in order.
@Suite struct Mistakes {
  @Test(arguments: [
    ("", ["t.yaml:1:1: missing key \"backends\"", "t.yaml:1:1: missing key \"routes\""]),
    ("# only a comment\n", ["t.yaml:1:1: missing key \"backends\"", "t.yaml:1:1: missing key \"routes\""]),
    ("[1]", ["t.yaml:1:1: expected a mapping, got a list"]),
    ("text", ["t.yaml:1:1: expected a mapping, got \"text\""]),
    (
      "a: [1\n",
      ["t.yaml:2:1: not YAML: while parsing a flow sequence in line 1, did not find expected ',' or ']'"]
    ),
    ("a: *b\n", ["t.yaml:1:4: not YAML: found undefined alias"]),
    (
      Sample.whole + "---\nb: 1\n",
      ["t.yaml:3:1: not YAML: expected a single document in the stream in line 1, but found another document"]
    ),
    ("ab: \u{1}\n", ["t.yaml:1:5: not YAML: control characters are not allowed"]),
    (
      Sample.whole + "data: !!int 5\n",
      ["t.yaml:3:1: data: unknown key", "t.yaml:3:7: data: a tag (tag:yaml.org,2002:int) has no meaning here"]
    ),
    (Sample.whole + "? [a]\n: b\n", ["t.yaml:3:3: a key must be a string"]),
    (Sample.whole + "<<: 1\n", ["t.yaml:3:5: << takes a mapping or a list of mappings"]),
  ])
  func `a text that is not one document of the right shape is refused`(_ text: String, _ expected: [String]) {
    #expect(complaints(text) == expected)
  }

  @Test(arguments: [
    (Sample.whole + "lisseners: []\n", ["t.yaml:3:1: lisseners: unknown key; did you mean \"listeners\"?"]),
    (Sample.whole + "dataset: ./data\n", ["t.yaml:3:1: dataset: unknown key"]),
    (Sample.whole + "\"a b\": 1\n", ["t.yaml:3:1: [\"a b\"]: unknown key"]),
    (
      Sample.whole + "listeners: [{adress: \":1\"}]\n",
      ["t.yaml:3:14: listeners[0].adress: unknown key; did you mean \"address\"?"]
    ),
    (Sample.whole + "log: {Level: info}\n", ["t.yaml:3:7: log.Level: unknown key; did you mean \"level\"?"]),
    (Sample.route("macth: {}"), ["t.yaml:2:31: routes[0].macth: unknown key; did you mean \"match\"?"]),
    (
      Sample.remote("sending_queue: {enabled: true}"),
      [
        "t.yaml:1:76: backends.a.sending_queue.enabled: unknown key; "
          + "known here: num_consumers, queue_size, max_age, on_full, shards_per_tenant"
      ]
    ),
    (
      "backends: {a: {type: remote_write, endpont: 'http://h'}}\n" + Sample.routes,
      ["t.yaml:1:36: backends.a.endpont: unknown key; did you mean \"endpoint\"?"]
    ),
    (
      "backends: {a: {type: remote_write, url: 'http://h', remote_timeout: 5s}}\n" + Sample.routes,
      [
        "t.yaml:1:36: backends.a.url: unknown key; did you mean \"endpoint\"?",
        "t.yaml:1:53: backends.a.remote_timeout: unknown key; did you mean \"timeout\"?",
      ]
    ),
    (
      Sample.route("matchers: ['{a=\"b\"}']"), ["t.yaml:2:31: routes[0].matchers: unknown key; did you mean \"match\"?"]
    ),
  ])
  func `an unknown key is refused, with what was likely meant, or what there is`(_ text: String, _ expected: [String]) {
    #expect(complaints(text) == expected)
  }

  @Test(arguments: [
    (
      Sample.whole + Sample.routes,
      ["t.yaml:3:1: routes: duplicate key, first given in line 2"]
    ),
    (
      "backends:\n  a: {type: debug}\n  b: {type: debug}\n  \"a\": {type: debug}\n" + Sample.routes,
      ["t.yaml:4:3: backends.a: duplicate key, first given in line 2"]
    ),
    (
      Sample.whole + "log: {level: info, level: info, 'level': info}\nworkers: 1\nworkers: x\n",
      [
        "t.yaml:3:20: log.level: duplicate key, first given in line 3",
        "t.yaml:3:33: log.level: duplicate key, first given in line 3",
        "t.yaml:5:1: workers: duplicate key, first given in line 4",
      ]
    ),
    (
      "backends: {a: {type: debug}}\nroutes: [{name: r, send: [a]}, {name: r, send: [a]}]\n",
      ["t.yaml:2:39: routes[1].name: \"r\" is already the name of routes[0]"]
    ),
    (
      Sample.whole + "\"\\x61\": 1\na: 1\n",
      ["t.yaml:3:1: duplicate key \"a\""]
    ),
  ])
  func `what stands twice is refused`(_ text: String, _ expected: [String]) {
    #expect(complaints(text) == expected)
  }

  @Test(arguments: [
    ("listeners: {}", ["t.yaml:3:12: listeners: expected a list, got a mapping"]),
    ("listeners:", ["t.yaml:3:11: listeners: expected a list, got null"]),
    ("listeners: []", ["t.yaml:3:12: listeners: at least one is needed"]),
    ("admin: 4319", ["t.yaml:3:8: admin: expected a mapping, got \"4319\""]),
    (
      "log: {level: [info]}",
      ["t.yaml:3:14: log.level: expected one of debug, info, notice, warning, error, got a list"]
    ),
    (
      "log: {level: inf, format: xml}",
      [
        "t.yaml:3:14: log.level: expected one of debug, info, notice, warning, error, got \"inf\"; did you mean \"info\"?",
        "t.yaml:3:27: log.format: expected one of logfmt, json, got \"xml\"",
      ]
    ),
    ("workers: \"4\"", ["t.yaml:3:10: workers: expected a whole number, got the string \"4\""]),
    ("workers: 1.5", ["t.yaml:3:10: workers: expected a whole number, got \"1.5\""]),
    ("workers: -1", ["t.yaml:3:10: workers: must be at least 0"]),
    ("workers: 1025", ["t.yaml:3:10: workers: must be at most 1024"]),
    ("workers: 99999999999999999999", ["t.yaml:3:10: workers: must be at most 1024"]),
    ("shutdown_timeout: null", ["t.yaml:3:19: shutdown_timeout: expected a duration, got null"]),
    (
      "shutdown_timeout: 30",
      ["t.yaml:3:19: shutdown_timeout: \"30\" is not a duration, such as 500ms, 1m30s or 24h: it has no unit"]
    ),
    (
      "shutdown_timeout: -1s",
      ["t.yaml:3:19: shutdown_timeout: \"-1s\" is not a duration, such as 500ms, 1m30s or 24h"]
    ),
    (
      "listeners: [{idle_timeout: 500ms}]",
      ["t.yaml:3:28: listeners[0].idle_timeout: \"500ms\" is too short: at least 1s"]
    ),
    (
      "listeners: [{max_body_bytes: 64mb}]",
      ["t.yaml:3:30: listeners[0].max_body_bytes: \"64mb\" is not a size, such as 64MiB, 1GB or plain bytes"]
    ),
    (
      "listeners: [{max_body_bytes: 0, max_decoded_bytes: 3GiB}]",
      [
        "t.yaml:3:30: listeners[0].max_body_bytes: \"0\" is too small: at least 1 bytes",
        "t.yaml:3:52: listeners[0].max_decoded_bytes: \"3GiB\" is too large: at most 2147483648 bytes",
      ]
    ),
    (
      "listeners: [{address: localhost}]",
      ["t.yaml:3:23: listeners[0].address: \"localhost\" is not an address, such as 0.0.0.0:4318, [::]:4318 or :4318"]
    ),
    (
      "listeners: [{address: \":1\"}, {address: \":1\", max_connections: 0}]",
      [
        "t.yaml:3:40: listeners[1].address: :1 is also the address of listeners[0]",
        "t.yaml:3:63: listeners[1].max_connections: must be at least 1",
      ]
    ),
    (
      "admin: {address: \"0.0.0.0:4318\"}",
      [
        "t.yaml:3:18: admin.address: 0.0.0.0:4318 is also the address of listeners[0]",
        "t.yaml:3:18: admin.address: 0.0.0.0:4318 can be reached from other machines: give admin.tokens",
      ]
    ),
    (
      "admin: {tokens: [{name: a, token: \"too short\", role: admin}]}",
      [
        "t.yaml:3:35: admin.tokens[0].token: holds a blank or a character that is not ASCII"
      ]
    ),
    (
      "admin: {tokens: [{name: a, token: short, role: root}]}",
      [
        "t.yaml:3:35: admin.tokens[0].token: is shorter than 16 characters",
        "t.yaml:3:48: admin.tokens[0].role: expected one of admin, viewer, got \"root\"",
      ]
    ),
    (
      "admin: {tokens: [&a {name: a, token: 0123456789abcdef, role: admin}, {<<: *a, name: b}]}",
      ["t.yaml:3:17: admin.tokens: two have the same token"]
    ),
    (
      "tests: [{expect: {}}, {given: {tenant: a, series: {\"\": b}}, expect: {fate: lost}}]",
      [
        "t.yaml:3:9: tests[0]: missing key \"given\"",
        "t.yaml:3:18: tests[0].expect: nothing is expected: give one of fate, routes, backends, tenant, labels",
        "t.yaml:3:52: tests[1].given.series[\"\"]: must not be empty",
        "t.yaml:3:76: tests[1].expect.fate: expected one of routed, dropped, refused, no_route, got \"lost\"",
      ]
    ),
    ("tenancy: {sources: []}", ["t.yaml:3:20: tenancy.sources: at least one is needed"]),
    ("tenancy: {sources: [path, path]}", ["t.yaml:3:20: tenancy.sources: a source is named twice"]),
    (
      "tenancy: {sources: [nowhere]}",
      [
        "t.yaml:3:21: tenancy.sources[0]: expected one of header, path, basic_auth, bearer, client_cert, label, resource_attribute, got \"nowhere\""
      ]
    ),
    ("tenancy: {header: \"a b\"}", ["t.yaml:3:19: tenancy.header: \"a b\" is not a header name"]),
    (
      "tenancy: {default: a/b}",
      ["t.yaml:3:20: tenancy.default: \"a/b\" is not a tenant: at most 150 letters, digits and ! - _ . * ' ( )"]
    ),
    ("tenancy: {default: ..}", ["t.yaml:3:20: tenancy.default: \"..\" is a tenant that Cortex reserves"]),
  ])
  func `a bad value of the process is refused`(_ extra: String, _ expected: [String]) {
    #expect(complaints(Sample.whole + extra + "\n") == expected)
  }

  @Test(arguments: [
    ("backends: {}\n" + Sample.routes, ["t.yaml:1:11: backends: at least one is needed"]),
    ("backends: {a: {}}\n" + Sample.routes, ["t.yaml:1:15: backends.a: missing key \"type\""]),
    (
      "backends: {a: {type: influx}}\n" + Sample.routes,
      ["t.yaml:1:22: backends.a.type: expected one of remote_write, debug, got \"influx\""]
    ),
    (
      "backends: {a: {type: debug}, b c: {type: debug}}\n" + Sample.routes,
      [
        "t.yaml:1:30: backends[\"b c\"]: the name of a backend is not a name: at most 64 letters, digits, _, - and ., "
          + "not a dot first"
      ]
    ),
    (
      "backends: {a: {type: debug, endpoint: 'http://h', timeout: 1x}}\n" + Sample.routes,
      [
        "t.yaml:1:39: backends.a.endpoint: has no meaning for type debug",
        "t.yaml:1:60: backends.a.timeout: has no meaning for type debug",
      ]
    ),
    (
      "backends: {a: {type: remote_write}}\n" + Sample.routes,
      ["t.yaml:1:15: backends.a: missing key \"endpoint\" for type remote_write"]
    ),
    (
      "backends: {a: {timeout: 1x}}\n" + Sample.routes,
      [
        "t.yaml:1:15: backends.a: missing key \"type\"",
        "t.yaml:1:25: backends.a.timeout: \"1x\" is not a duration, such as 500ms, 1m30s or 24h",
      ]
    ),
  ])
  func `a bad backend is refused`(_ text: String, _ expected: [String]) {
    #expect(complaints(text) == expected)
  }

  @Test(arguments: [
    ("localhost:9009/push", "\"localhost:9009/push\" is not an http or https URL"),
    ("ftp://h/", "\"ftp://h/\" is not an http or https URL"),
    ("http:///p", "\"http:///p\" has no host"),
    ("http://a..b/", "\"http://a..b/\" has a bad host"),
    ("http://1.2.3.999/", "\"http://1.2.3.999/\" has a bad host"),
    ("http://[::g]/", "\"http://[::g]/\" has a bad host"),
    ("http://h:0/", "\"http://h:0/\" has a bad port"),
    ("http://h:65536/", "\"http://h:65536/\" has a bad port"),
    ("http://h:/", "\"http://h:/\" has a bad port"),
    ("http://h/#x", "\"http://h/#x\" has a fragment (#), which a server never gets"),
    ("http://h/a b", "\"http://h/a b\" holds a blank or a character that is not ASCII: write it as %XX"),
    ("http://user:hunter2@h/", "holds credentials, which belong in auth"),
    ("ftp://user:hunter2@h/", "holds credentials, which belong in auth"),
    ("", "\"\" is not an http or https URL"),
  ])
  func `a bad endpoint is refused, and credentials in it are not shown`(_ url: String, _ expected: String) {
    let text = "backends: {a: {type: remote_write, endpoint: '\(url)'}}\n" + Sample.routes
    #expect(complaints(text) == ["t.yaml:1:46: backends.a.endpoint: \(expected)"])
  }

  @Test(arguments: [
    (
      "protocol_version: 2.1",
      ["t.yaml:1:78: backends.a.protocol_version: expected one of 1.0, 2.0, auto, got \"2.1\"; did you mean \"2.0\"?"]
    ),
    ("tenant_header: ''", ["t.yaml:1:75: backends.a.tenant_header: \"\" is not a header name"]),
    (
      "headers: {Content-Type: a, authorization: b, \"x y\": c, X: \"a\\nb\", Y: ' a', Z: [], N: }",
      [
        "t.yaml:1:70: backends.a.headers.Content-Type: is set by Sluice and cannot be set here",
        "t.yaml:1:87: backends.a.headers.authorization: cannot be set here: credentials belong in auth",
        "t.yaml:1:105: backends.a.headers[\"x y\"]: is not a header name",
        "t.yaml:1:118: backends.a.headers.X: holds a control character, which a header cannot carry",
        "t.yaml:1:129: backends.a.headers.Y: starts or ends with a blank",
        "t.yaml:1:138: backends.a.headers.Z: expected a string, got a list or a mapping",
        "t.yaml:1:145: backends.a.headers.N: expected a string, got null",
      ]
    ),
    ("headers: {X-A: a, x-a: b}", ["t.yaml:1:69: backends.a.headers: \"X-A\" and \"x-a\" are the same header"]),
    (
      "headers: {x-scope-orgid: a}",
      ["t.yaml:1:70: backends.a.headers.x-scope-orgid: is the tenant_header, which carries the tenant"]
    ),
    ("auth: {}", ["t.yaml:1:66: backends.a.auth: exactly one of basic, bearer and sigv4 is needed"]),
    (
      "auth: {basic: {username: u, password: p}, bearer: {token: t}}",
      ["t.yaml:1:66: backends.a.auth: exactly one of basic, bearer and sigv4 is needed"]
    ),
    ("auth: {basic: {username: u}}", ["t.yaml:1:74: backends.a.auth.basic: missing key \"password\""]),
    ("auth: {basic: {username: u, password: ''}}", ["t.yaml:1:98: backends.a.auth.basic.password: must not be empty"]),
    (
      "auth: {basic: {username: 'u:v', password: p}}",
      [
        "t.yaml:1:85: backends.a.auth.basic.username: \"u:v\" is not a user name: not empty, without : and control "
          + "characters"
      ]
    ),
    (
      "auth: {bearer: {token: 'hunter 2'}}",
      ["t.yaml:1:83: backends.a.auth.bearer.token: holds a blank or a character that is not ASCII"]
    ),
    ("tls: {cert_file: Package.swift}", ["t.yaml:1:65: backends.a.tls: cert_file and key_file are needed together"]),
    (
      "tls: {insecure_skip_verify: yes, server_name: 'a b'}",
      [
        "t.yaml:1:88: backends.a.tls.insecure_skip_verify: expected true or false, got \"yes\"",
        "t.yaml:1:106: backends.a.tls.server_name: \"a b\" is not a host name",
      ]
    ),
    (
      "namespace: a-b",
      [
        "t.yaml:1:71: backends.a.namespace: \"a-b\" is not a prefix of metric names: letters, digits, _ and :, "
          + "not a digit first"
      ]
    ),
    (
      "external_labels: {a-b: x, 1a: x, __name__: x, e: ''}",
      [
        "t.yaml:1:78: backends.a.external_labels.a-b: not a label name: letters, digits and _, not a digit first",
        "t.yaml:1:86: backends.a.external_labels.1a: not a label name: letters, digits and _, not a digit first",
        "t.yaml:1:93: backends.a.external_labels.__name__: the name of a metric is no external label; see namespace",
        "t.yaml:1:109: backends.a.external_labels.e: must not be empty",
      ]
    ),
    ("timeout: 0", ["t.yaml:1:69: backends.a.timeout: \"0\" is too short: at least 1ms"]),
    ("best_effort: 'true'", ["t.yaml:1:73: backends.a.best_effort: expected true or false, got the string \"true\""]),
    (
      "batch: {max_bytes: 2MiB}, sending_queue: {queue_size: 1MiB}",
      ["t.yaml:1:114: backends.a.sending_queue.queue_size: queue_size (1048576) is less than batch.max_bytes (2097152)"]
    ),
    (
      "retry_on_failure: {initial_interval: 1m}",
      [
        "t.yaml:1:97: backends.a.retry_on_failure.initial_interval: max_interval (30s) is less than "
          + "initial_interval (1m)"
      ]
    ),
  ])
  func `a bad key of a remote-write backend is refused, and secrets are not shown`(_ keys: String, _ expected: [String])
  {
    #expect(complaints(Sample.remote(keys)) == expected)
  }

  @Test func `all mistakes of a file are told at once, in the order of the text`() {
    let text = """
      workers: many
      listeners:
        - address: 0.0.0.0
      backends:
        cortex:
          type: remote_write
          endpoint: localhost
          timeout: 30
      routes:
        - name: a
          send: [cortex, cortx]
        - name: a
          match: {series: []}
          send: cortex
      """
    #expect(
      complaints(text) == [
        "t.yaml:1:10: workers: expected a whole number, got \"many\"",
        "t.yaml:3:14: listeners[0].address: \"0.0.0.0\" is not an address, such as 0.0.0.0:4318, [::]:4318 or :4318",
        "t.yaml:7:15: backends.cortex.endpoint: \"localhost\" is not an http or https URL",
        "t.yaml:8:14: backends.cortex.timeout: \"30\" is not a duration, such as 500ms, 1m30s or 24h: it has no unit",
        "t.yaml:11:20: routes[0].send[1]: no backend \"cortx\"; did you mean \"cortex\"?",
        "t.yaml:12:11: routes[1].name: \"a\" is already the name of routes[0]",
        "t.yaml:13:21: routes[1].match.series: an empty list matches nothing; leave the key out to match all",
        "t.yaml:14:11: routes[1].send: expected a list, got \"cortex\"",
      ])
  }

  @Test func `the errors print one a line`() {
    let error = #expect(throws: ConfigurationErrors.self) { try load("") }
    #expect(error.map { "\($0)" } == "t.yaml:1:1: missing key \"backends\"\nt.yaml:1:1: missing key \"routes\"")
  }

  @Test func `a file that cannot be read is told with the reason`() {
    let error = #expect(throws: ConfigurationErrors.self) {
      try ConfigurationLoader.load(file: "/nonexistent/x.yaml", environment: [:])
    }
    #expect(error.map { "\($0)" } == "/nonexistent/x.yaml: cannot be read: No such file or directory")
  }
}
