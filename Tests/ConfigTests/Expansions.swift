import Glibc
import Testing

@testable import Config

@Suite struct Expansions {
  static let environment = ["A": "one", "B": "two", "EMPTY": "", "NESTED": "${env:A}", "PORT": "4000", "ON": "true"]

  static func expand(_ text: String) -> Expansion.Result {
    Expansion(environment: environment, folder: ".").expand(text)
  }

  @Test(arguments: [
    ("plain $ and $$ and $1", "plain $ and $$ and $1"), ("${env:A}", "one"), ("x${env:A}-${env:B}y", "xone-twoy"),
    ("${env:NONE:-three}", "three"), ("${env:EMPTY:-three}", "three"), ("${env:A:-three}", "one"),
    ("${env:NONE:-}", ""), ("${env:EMPTY}", ""), ("${env:NONE:-http://h:1/?a=b}", "http://h:1/?a=b"),
    ("${env:NESTED}", "${env:A}"), ("$${env:A}", "${env:A}"), ("$$${env:A}", "$${env:A}"), ("${1}", "${1}"),
    ("${name}_x", "${name}_x"), ("${", "${"), ("${a", "${a"), ("${}", "${}"), ("${a.b:c}", "${a.b:c}"),
  ])
  func `references become their values`(_ text: String, _ expected: String) {
    let result = Self.expand(text)
    #expect(result.text == expected)
    #expect(result.complaints == [])
  }

  @Test(arguments: [
    ("${env:NONE}", ["${env:NONE} is not set in the environment"]),
    (
      "${env:NONE}${env:A}${env:NOR}",
      [
        "${env:NONE} is not set in the environment", "${env:NOR} is not set in the environment",
      ]
    ),
    ("${env:}", ["${env:} is not of the form ${env:NAME} or ${env:NAME:-default}"]),
    ("${env:A-B}", ["${env:A-B} is not of the form ${env:NAME} or ${env:NAME:-default}"]),
    ("${env:A:=b}", ["${env:A:=b} is not of the form ${env:NAME} or ${env:NAME:-default}"]),
    ("${env:A", ["${env: has no closing }"]),
    ("${file:}", ["${file:} names no file"]),
    ("${file:/nonexistent}", ["${file:/nonexistent} cannot be read: No such file or directory"]),
    ("${file:Sources}", ["${file:Sources} cannot be read: Is a directory"]),
    ("${vault:x}", ["${vault:x} is neither env nor file; write $${ for a literal ${"]),
  ])
  func `a reference that cannot be resolved is told`(_ text: String, _ expected: [String]) {
    #expect(Self.expand(text).complaints == expected)
  }

  @Test func `each failed reference is told at its place`() {
    let text = Sample.whole + "log: {level: \"${env:NONE}\", format: \"${file:gone}\"}\n"
    #expect(
      complaints(text) == [
        "t.yaml:3:14: log.level: ${env:NONE} is not set in the environment",
        "t.yaml:3:37: log.format: ${file:gone} cannot be read: No such file or directory",
      ])
  }

  @Test(arguments: [
    "workers: ${env:W}", "workers: \"${env:W}\"", "workers: '${env:NONE:-4}'", "workers: ${env:NONE:-4}",
  ])
  func `an expanded value gets the type that is wanted, quoted or not`(_ text: String) throws {
    #expect(try load(Sample.whole + text, environment: ["W": "4"]).workers == 4)
  }

  @Test func `an expanded value that is empty is a string and no null`() {
    let told = complaints(Sample.remote("tenant_header: \"${env:NONE:-}\""))
    #expect(told == ["t.yaml:1:75: backends.a.tenant_header: \"${env:NONE:-}\" is not a header name"])
  }

  @Test func `errors show the reference and not what it became`() {
    let environment = ["SECRET": "hunter2"]
    let keys = ["timeout", "protocol_version", "tenant_header", "best_effort", "namespace", "batch", "headers"]
    for key in keys {
      let told = complaints(Sample.remote("\(key): \"${env:SECRET} \""), environment: environment)
      #expect(!told.isEmpty, "\(key)")
      #expect(told.allSatisfy { !$0.contains("hunter2") }, "\(key)")
    }
  }

  @Test(arguments: ["password: ${PASSWORD}", "password: '${PASSWORD}'"])
  func `a reference without a source is refused where nothing would fill it`(_ password: String) {
    let told = complaints(Sample.whole + "tenancy: {default: \"${HOME}\"}\n")
    #expect(
      told == [
        "t.yaml:3:20: tenancy.default: ${HOME} is not expanded: write ${env:HOME}, or $${HOME} for the text itself"
      ])
    let text =
      "backends:\n  a:\n    type: remote_write\n    endpoint: http://h\n    auth:\n      basic:\n        username: u\n"
      + "        \(password)\n" + Sample.routes
    #expect(
      complaints(text) == [
        "t.yaml:8:19: backends.a.auth.basic.password: ${PASSWORD} is not expanded: write ${env:PASSWORD}, "
          + "or $${PASSWORD} for the text itself"
      ])
  }

  @Test func `an escaped reference is the text itself`() throws {
    guard
      case .remoteWrite(let remote) = try load(Sample.remote("headers: {A: \"$${HOME}\"}")).backends[0].destination
    else {
      Issue.record("no remote-write backend")
      return
    }
    #expect(remote.headers["A"]?.exposed == "${HOME}")
  }
}

/// Files beside the configuration.
@Suite struct IncludedFiles {
  /// A folder that is there during `body`, with these files.
  static func withFolder(_ files: [String: [UInt8]], _ body: (String) throws -> Void) throws {
    var template = Array("/tmp/sluice-config-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Complaint("no folder: \(errno)") }
    let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer {
      for name in files.keys { unlink("\(folder)/\(name)") }
      rmdir(folder)
    }
    for (name, bytes) in files {
      guard let file = fopen("\(folder)/\(name)", "w") else { throw Complaint("no file: \(errno)") }
      fwrite(bytes, 1, bytes.count, file)
      fclose(file)
    }
    try body(folder)
  }

  @Test(arguments: [
    ("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"), ("secret\n\n", "secret\n"),
    ("a\nb\n", "a\nb"),
    ("\n", ""), ("", ""),
  ])
  func `a file is taken without one newline at its end, from the folder of the configuration`(
    _ content: String, _ expected: String
  ) throws {
    try Self.withFolder(["s": Array(content.utf8)]) { folder in
      #expect(Expansion(environment: [:], folder: folder).expand("${file:s}").text == expected)
    }
  }

  @Test func `a file that is not UTF-8 or too large is refused`() throws {
    try Self.withFolder(["bad": [0xFF], "large": [UInt8](repeating: 0x61, count: (1 << 20) + 1)]) { folder in
      let expansion = Expansion(environment: [:], folder: folder)
      #expect(expansion.expand("${file:bad}").complaints == ["${file:bad} cannot be read: not UTF-8"])
      #expect(
        expansion.expand("${file:large}").complaints
          == ["${file:large} cannot be read: it is larger than 1048576 bytes"])
    }
  }

  @Test func `paths in a configuration file start from its folder`() throws {
    let text = """
      backends:
        a:
          type: remote_write
          endpoint: https://h
          auth: {bearer: {token: "${file:token}"}}
          tls: {ca_file: ca.pem, cert_file: /dev/null, key_file: /dev/null}
      routes: [{name: r, send: [a]}]
      """
    let files = ["c.yaml": Array(text.utf8), "token": Array("abc\n".utf8), "ca.pem": []]
    try Self.withFolder(files) { folder in
      let configuration = try ConfigurationLoader.load(file: "\(folder)/c.yaml", environment: [:])
      guard case .remoteWrite(let remote) = configuration.backends[0].destination else {
        Issue.record("no remote-write backend")
        return
      }
      #expect(remote.auth == .bearer(token: Secret("abc")))
      #expect(remote.tls.caFile == "\(folder)/ca.pem")
      #expect(remote.tls.keyFile == "/dev/null")
      #expect(configuration.warnings == [])
    }
  }

  @Test func `a configuration that is not UTF-8 is refused`() throws {
    try Self.withFolder(["c.yaml": [0x61, 0xFF]]) { folder in
      let error = #expect(throws: ConfigurationErrors.self) {
        try ConfigurationLoader.load(file: "\(folder)/c.yaml", environment: [:])
      }
      #expect(error?.problems.map(\.message) == ["cannot be read: not UTF-8"])
    }
  }
}
