import Config
import Testing

@Suite struct RouteMistakes {
  @Test(arguments: [
    ("routes: []", ["t.yaml:2:9: routes: at least one is needed"]),
    ("routes: [{}]", ["t.yaml:2:10: routes[0]: missing key \"name\"", "t.yaml:2:10: routes[0]: missing key \"send\""]),
    (
      "routes: [{name: '', send: [a]}]",
      [
        "t.yaml:2:17: routes[0].name: \"\" is not a name: at most 64 letters, digits, _, - and ., not a dot first"
      ]
    ),
    ("routes: [{name: r, send: a}]", ["t.yaml:2:26: routes[0].send: expected a list, got \"a\""]),
    ("routes: [{name: r, send: [a, a]}]", ["t.yaml:2:26: routes[0].send: \"a\" is named twice"]),
    ("routes: [{name: r, send: [b]}]", ["t.yaml:2:27: routes[0].send[0]: no backend \"b\""]),
    ("routes: [{name: r, send: [zebra]}]", ["t.yaml:2:27: routes[0].send[0]: no backend \"zebra\""]),
    ("routes: [{name: r, send: [a, null]}]", ["t.yaml:2:30: routes[0].send[1]: expected a string, got null"]),
    ("routes: [r]", ["t.yaml:2:10: routes[0]: expected a mapping, got \"r\""]),
  ])
  func `a bad route is refused`(_ routes: String, _ expected: [String]) {
    #expect(complaints(Sample.backends + routes + "\n") == expected)
  }

  @Test(arguments: [
    ("ack: sent", "36: routes[0].ack: expected one of received, stored, delivered, got \"sent\""),
    ("priority: high", "41: routes[0].priority: expected a whole number, got \"high\""),
    ("continue: 1", "41: routes[0].continue: expected true or false, got \"1\""),
    (
      "match: {tenant: []}", "47: routes[0].match.tenant: an empty list matches nothing; leave the key out to match all"
    ),
    ("match: {tenant: }", "47: routes[0].match.tenant: expected a string, got null"),
    ("match: {tenant: {a: b}}", "47: routes[0].match.tenant: expected a string, got a mapping"),
    ("match: {signal: traces}", "47: routes[0].match.signal: expected metrics, got \"traces\""),
    (
      "match: {protocol: [otlp, graphite]}",
      "56: routes[0].match.protocol[1]: expected one of remote_write, otlp, got \"graphite\""
    ),
    ("match: {headers: {a b: c}}", "49: routes[0].match.headers[\"a b\"]: is not a header name"),
    ("match: {headers: {A: b, a: c}}", "48: routes[0].match.headers: \"A\" and \"a\" are the same header"),
    ("sample: 0", "39: routes[0].sample: expected a number above 0 and at most 1, got \"0\""),
    ("sample: 1.5", "39: routes[0].sample: expected a number above 0 and at most 1, got \"1.5\""),
    (
      "match: {listener: []}",
      "49: routes[0].match.listener: an empty list matches nothing; leave the key out to match all"
    ),
    ("match: {resource: {'': a}}", "50: routes[0].match.resource[\"\"]: is not the name of an attribute"),
    ("rewrite: {headers: {Host: a}}", "51: routes[0].rewrite.headers.Host: is set by Sluice and cannot be set here"),
    ("rewrite: {headers: {A: b, a: c}}", "50: routes[0].rewrite.headers: \"A\" and \"a\" are the same header"),
    (
      "ha_dedup: {replica: a}",
      "42: routes[0].ha_dedup.replica: unknown key; "
        + "known here: enabled, cluster_label, replica_label, failover_timeout, max_clusters"
    ),
    ("ha_dedup: {max_clusters: 0}", "56: routes[0].ha_dedup.max_clusters: must be at least 1"),
    ("match: {series: ''}", "47: routes[0].match.series: must not be empty"),
  ])
  func `a bad key of a route is refused`(_ keys: String, _ expected: String) {
    #expect(complaints(Sample.route(keys)) == ["t.yaml:2:\(expected)"])
  }

  @Test(arguments: ["X-Scope-OrgID", "x-own"])
  func `a route cannot replace a header that its backend sets`(_ name: String) {
    let backends = "backends: {a: {type: remote_write, endpoint: 'http://h/p', headers: {X-Own: v}}}\n"
    let routes = "routes: [{name: r, send: [a], rewrite: {headers: {\(name): b}}}]\n"
    #expect(
      complaints(backends + routes) == [
        "t.yaml:2:\(name.count + 53): routes[0].rewrite.headers.\(name): is set by backend \"a\" itself"
      ])
  }

  @Test(arguments: [
    ("action: hashmod, target_label: a", [": action hashmod needs a modulus above 0"]),
    ("action: hashmod, target_label: a, modulus: 0", [".modulus: action hashmod needs a modulus above 0"]),
    ("action: hashmod, modulus: 8", [": missing key \"target_label\" for action hashmod"]),
    ("modulus: -1, target_label: a", [".modulus: must be at least 0"]),
    (
      "action: remap",
      [
        ".action: expected one of replace, keep, drop, keepequal, dropequal, hashmod, labelmap, labeldrop, labelkeep, "
          + "lowercase, uppercase, got \"remap\""
      ]
    ),
    ("replacement: x", [": missing key \"target_label\" for action replace"]),
    ("target_label: a-b", [".target_label: \"a-b\" is not a label name: letters, digits and _, not a digit first"]),
    ("target_label: $1-b", [".target_label: \"$1-b\" is not a label name: letters, digits and _, not a digit first"]),
    ("target_label: '${1'", [".target_label: \"${1\" is not a label name: letters, digits and _, not a digit first"]),
    ("target_label: 1$1", [".target_label: \"1$1\" is not a label name: letters, digits and _, not a digit first"]),
    (
      "action: lowercase, target_label: $1",
      [
        ".target_label: \"$1\" is not a label name: letters, digits and _, not a digit first"
      ]
    ),
    ("action: uppercase, target_label: a, replacement: b", [".replacement: has no meaning for action uppercase"]),
    ("action: keepequal, target_label: a", [": missing key \"source_labels\" for action keepequal"]),
    (
      "action: keepequal, target_label: a, source_labels: [b], regex: c, separator: d",
      [
        ".regex: has no meaning for action keepequal", ".separator: has no meaning for action keepequal",
      ]
    ),
    (
      "action: dropequal, source_labels: [b], target_label: a, modulus: 2",
      [
        ".modulus: has no meaning for action dropequal"
      ]
    ),
    ("action: labelmap, replacement: a-$1", [".replacement: \"a-$1\" gives no label name"]),
    (
      "action: labeldrop, regex: a, source_labels: [b], target_label: c",
      [
        ".source_labels: has no meaning for action labeldrop", ".target_label: has no meaning for action labeldrop",
      ]
    ),
    ("action: labelkeep, replacement: a", [".replacement: has no meaning for action labelkeep"]),
    ("action: keep, source_labels: a", [".source_labels: expected a list, got \"a\""]),
    ("action: keep, source_labels: ['']", [".source_labels[0]: must not be empty"]),
  ])
  func `a relabelling step that Prometheus refuses is refused`(_ keys: String, _ expected: [String]) {
    let start = "routes[0].rewrite.relabel_configs[0]"
    let told = complaints(Sample.relabel(keys)).map { line in
      line.firstRange(of: start).map { String(line[$0.upperBound...]) } ?? line
    }
    #expect(told == expected)
  }

  @Test(arguments: [
    "target_label: a", "target_label: a, regex: ''", "target_label: 'a${1}_$b'", "target_label: a, action: Replace",
    "action: keepequal, source_labels: [a], target_label: b, separator: ;", "action: labelmap, replacement: x_$1",
    "action: labeldrop", "action: hashmod, target_label: a, modulus: 18446744073709551615", "action: drop",
    "target_label: a, modulus: 8",
  ])
  func `a relabelling step that Prometheus takes is taken`(_ keys: String) {
    #expect(complaints(Sample.relabel(keys)) == [])
  }

  @Test func `what the checks refuse is told at its place with their reason`() {
    let checks = RouteChecks(
      selector: { $0 == "{bad" ? "no } at the end" : nil }, regex: { $0 == "(" ? "missing )" : nil },
      tenantTemplate: { $0 == "{x}" ? "no such placeholder" : nil }, tenantGlob: { $0 == "**" ? "two stars" : nil })
    let text = """
      backends: {a: {type: debug, write_relabel_configs: [{action: drop, regex: (}]}}
      routes:
        - name: r
          send: [a]
          match: {series: ["{}", "{bad"], tenant: "**"}
          rewrite:
            tenant: "{x}"
            relabel_configs: [{target_label: b, regex: (}, {target_label: b, regex: a}]
      """
    #expect(
      complaints(text, checks: checks) == [
        "t.yaml:1:75: backends.a.write_relabel_configs[0].regex: bad regex: missing )",
        "t.yaml:5:28: routes[0].match.series[1]: no } at the end",
        "t.yaml:5:45: routes[0].match.tenant: two stars",
        "t.yaml:7:15: routes[0].rewrite.tenant: no such placeholder",
        "t.yaml:8:50: routes[0].rewrite.relabel_configs[0].regex: bad regex: missing )",
      ])
  }
}
