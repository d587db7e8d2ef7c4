import Memory
import Model
import TestSupport
import Testing

@testable import Rules

@Suite struct RelabelerTests {
  private static func config(_ action: RelabelConfig.Action, _ change: (inout RelabelConfig) -> Void) -> RelabelConfig {
    var config = RelabelConfig()
    config.action = action
    change(&config)
    return config
  }

  /// What the rules make of the labels, nil when they drop them.
  private func run(_ configs: [RelabelConfig], _ labels: [String: String]) throws -> [String: String]? {
    let relabeler = try Relabeler(configs)
    let scratch = LabelScratch()
    return withExtendedLifetime(relabeler) {
      TestBlock(labels).read { block in
        scratch.fill(from: block)
        guard relabeler.apply(to: scratch) == .kept else { return nil }
        return result(of: scratch)
      }
    }
  }

  private func result(of scratch: LabelScratch) -> [String: String] {
    scratch.sort()
    return Dictionary(
      uniqueKeysWithValues: (0..<scratch.count).map { (scratch[$0].name.text, scratch[$0].value.text) })
  }

  @Test(
    arguments: [
      ("(.*)", "b", "$1", "a=foo-7 b=foo-7"),
      ("f(.*)-(.*)", "b", "${2}x$1", "a=foo-7 b=7xoo"),
      ("f(.*)-(.*)", "b", "$2x$1", "a=foo-7 b=oo"),
      ("f(.*)-(.*)", "b", "$1x", "a=foo-7"),
      ("f(.*)", "b", "$$1", "a=foo-7 b=$1"),
      ("f(.*)", "b", "$", "a=foo-7 b=$"),
      ("f(.*)", "b", "${1", "a=foo-7 b=${1"),
      ("f(.*)", "b", "${}-$", "a=foo-7 b=${}-$"),
      ("f(.*)", "b", "$7", "a=foo-7"),
      ("f(.*)", "b", "$01", "a=foo-7"),
      ("f(.*)", "b", "$0", "a=foo-7 b=foo-7"),
      ("(?P<x>f)(?P<y>.*)", "b", "${y}$x", "a=foo-7 b=oo-7f"),
      ("(?<x>f)(.*)", "b", "$x", "a=foo-7 b=f"),
      ("f(.*)", "b", "$1ä", "a=foo-7"),
      ("nothing(.*)", "b", "$1", "a=foo-7"),
      ("f(x)?.*", "a", "$1", ""),
      ("f(.)(.)-.*", "$1_$2", "v", "a=foo-7 o=v"),
      ("f(.)(.)-.*", "${1}_$2", "v", "a=foo-7 o_o=v"),
      ("f(x)?.*", "$1", "v", "a=foo-7"),
      ("f.*", "a.b", "v", "a.b=v a=foo-7"),
      ("f.*", "a", "", ""),
      ("f.*", "b", "", "a=foo-7"),
    ] as [(String, String, String, String)])
  func `replace expands as Go does`(
    _ regex: String, _ target: String, _ replacement: String, _ expected: String
  ) throws {
    let config = Self.config(.replace) {
      $0.sourceLabels = ["a"]
      $0.regex = regex
      $0.targetLabel = target
      $0.replacement = replacement
    }
    let made = try #require(try run([config], ["a": "foo-7"]))
    #expect(made.map { "\($0)=\($1)" }.sorted().joined(separator: " ") == expected)
  }

  @Test func `source labels are joined, absent ones are empty`() throws {
    let config = Self.config(.replace) {
      $0.sourceLabels = ["a", "none", "b"]
      $0.targetLabel = "c"
      $0.separator = "+"
    }
    #expect(try run([config], ["a": "1", "b": "2"]) == ["a": "1", "b": "2", "c": "1++2"])
  }

  @Test func `a rule without source labels sees the empty text`() throws {
    let config = Self.config(.replace) {
      $0.targetLabel = "c"
      $0.replacement = "const"
    }
    #expect(try run([config], [:]) == ["c": "const"])
  }

  @Test(arguments: [
    (RelabelConfig.Action.keep, "fo.", true), (.keep, "o", false), (.drop, "fo.", false), (.drop, "o", true),
  ])
  func `keep and drop go by the whole value`(_ action: RelabelConfig.Action, _ regex: String, _ stays: Bool) throws {
    let config = Self.config(action) {
      $0.sourceLabels = ["a"]
      $0.regex = regex
    }
    #expect((try run([config], ["a": "foo"]) != nil) == stays)
  }

  @Test(arguments: [
    (RelabelConfig.Action.keepequal, "b", true), (.keepequal, "c", false), (.dropequal, "b", false),
    (.dropequal, "c", true), (.keepequal, "none", false),
  ])
  func `keepequal and dropequal compare with the target`(
    _ action: RelabelConfig.Action, _ target: String, _ stays: Bool
  ) throws {
    let config = Self.config(action) {
      $0.sourceLabels = ["a"]
      $0.targetLabel = target
    }
    #expect((try run([config], ["a": "x", "b": "x", "c": "y"]) != nil) == stays)
  }

  @Test func `labels are mapped, dropped and kept by their names`() throws {
    let labels = ["__meta_my_a": "1", "__meta_my_b": "2", "c": "3"]
    let map = Self.config(.labelmap) { $0.regex = "__meta_(my.*)" }
    #expect(try run([map], labels) == labels.merging(["my_a": "1", "my_b": "2"]) { $1 })
    #expect(try run([Self.config(.labeldrop) { $0.regex = "__meta.*" }], labels) == ["c": "3"])
    #expect(try run([Self.config(.labelkeep) { $0.regex = "c|d" }], labels) == ["c": "3"])
  }

  @Test func `labelmap reads the labels as they were before it, and the later one wins`() throws {
    let map = Self.config(.labelmap) {
      $0.regex = "(a|b)"
      $0.replacement = "b"
    }
    #expect(try run([map], ["a": "1", "b": "2"]) == ["a": "1", "b": "2"])
    let swap = Self.config(.labelmap) {
      $0.regex = "a(x?)"
      $0.replacement = "ax"
    }
    #expect(try run([swap], ["a": "1", "ax": "2"]) == ["a": "1", "ax": "2"])
    // A label that was set stands behind those that came, even with the value it had.
    let touch = Self.config(.replace) {
      $0.targetLabel = "a"
      $0.replacement = "1"
    }
    let collect = Self.config(.labelmap) { $0.replacement = "x" }
    #expect(try run([collect], ["a": "1", "b": "2"])?["x"] == "2")
    #expect(try run([touch, collect], ["a": "1", "b": "2"])?["x"] == "1")
  }

  @Test func `lowercase, uppercase and hashmod set the target`() throws {
    let labels = ["a": "bÄß"]
    func set(_ action: RelabelConfig.Action) throws -> String? {
      let config = Self.config(action) {
        $0.sourceLabels = ["a"]
        $0.targetLabel = "t"
        $0.modulus = action == .hashmod ? 1000 : 0
      }
      return try run([config], labels)?["t"]
    }
    #expect(try set(.lowercase) == "bäß")
    #expect(try set(.uppercase) == "BÄß")
    #expect(try set(.hashmod) == String(labels["a", default: ""].bytes(MD5.lastEight) % 1000))
  }

  @Test(arguments: [
    (config(.replace) { _ in }, "target_label"), (config(.hashmod) { $0.targetLabel = "a" }, "modulus"),
    (config(.keep) { $0.regex = "(" }, "regex"), (config(.labelmap) { $0.replacement = "" }, "replacement"),
    (config(.labeldrop) { $0.sourceLabels = ["a"] }, "source_labels"),
    (config(.labelkeep) { $0.targetLabel = "a" }, "target_label"), (config(.lowercase) { _ in }, "target_label"),
    (
      config(.uppercase) {
        $0.targetLabel = "a"
        $0.replacement = "x"
      }, "replacement"
    ),
    (
      config(.keepequal) {
        $0.targetLabel = "a"
        $0.regex = "x"
      }, "regex"
    ),
    (
      config(.dropequal) {
        $0.targetLabel = "a"
        $0.separator = "x"
      }, "separator"
    ),
  ])
  func `a rule that cannot be meant is refused, naming the field`(_ config: RelabelConfig, _ field: String) {
    #expect(RuleChecks.relabel(config)?.path == field)
    let good = Self.config(.keep) { _ in }
    let error = #expect(throws: RuleError.self) { try Relabeler([good, config]) }
    #expect(error?.path == "[1].\(field)")
  }

  @Test func `the rule that drops is named, and the ones behind it are not run`() throws {
    let drop = Self.config(.drop) { _ in }
    let set = Self.config(.replace) { $0.targetLabel = "x" }
    let relabeler = try Relabeler([set, drop, set])
    let scratch = LabelScratch()
    TestBlock(["a": "1"]).read { block in
      scratch.fill(from: block)
      #expect(relabeler.apply(to: scratch) == .dropped(step: 1))
      #expect(scratch.isDropped)
      scratch.fill(from: block)
      #expect(!scratch.isDropped)
      #expect(relabeler.apply(step: 0, to: scratch) == .kept)
    }
  }

  @Test func `a series that grows without end is refused`() throws {
    let double = Self.config(.replace) {
      $0.sourceLabels = ["a", "a"]
      $0.targetLabel = "a"
    }
    let relabeler = try Relabeler(Array(repeating: double, count: 60))
    let scratch = LabelScratch()
    TestBlock(["a": "0123456789"]).read { block in
      scratch.fill(from: block)
      guard case .tooLarge = relabeler.apply(to: scratch) else {
        Issue.record("not refused")
        return
      }
      scratch.fill(from: block)
      #expect(relabeler.apply(step: 0, to: scratch) == .kept)
    }
  }

  @Test func `a series with too many labels is refused`() throws {
    let map = try Relabeler([Self.config(.labelmap) { $0.replacement = "x_$1" }])
    let scratch = LabelScratch()
    func outcome(_ count: Int) -> RelabelOutcome {
      TestBlock(Dictionary(uniqueKeysWithValues: (0..<count).map { ("l\($0)", "v") })).read { block in
        scratch.fill(from: block)
        return map.apply(to: scratch)
      }
    }
    #expect(outcome(LabelScratch.mostLabels) == .kept)
    #expect(outcome(LabelScratch.mostLabels + 1) == .tooLarge(step: 0))
  }

  private static let texts = [
    "", "a", "b", "c", "ab", "A", "é", "É", "x-1", "a.b", "a\nb", "1", "foo", "foo_bar", "a_b",
  ]
  private static let names = ["a", "b", "c", "ab", "foo", "foo_bar", "a.b", "__name__", "A", "é"]
  private static let patterns = [
    "(.*)", ".*", ".+", "(.+)", "a", "a|b", "(a|b|)", "foo_(.*)", "(.*)_bar", "([a-z]+)-(\\d+)", "(a)|(b)",
    "(?P<n>a)(.*)",
    "[a-c]+", "(?i)a", "", "(.)(.)?", "(.*?)b", "f.*r", "(a*)(b*)",
  ]
  private static let templates = [
    "$1", "${1}", "x$1", "$1_$2", "${1}_${2}", "$n", "${n}", "$$", "x", "", "$0", "$", "${", "$3", "$1$1", "é$1é", "$é",
  ]

  @Test(arguments: RelabelConfig.Action.allCases)
  func `every action does what the plain reading of it does`(_ action: RelabelConfig.Action) throws {
    var dice = SeededGenerator(seed: UInt64(action.rawValue.utf8.reduce(0) { $0 &* 31 &+ Int($1) }))
    let scratch = LabelScratch()
    let output = Buffer(capacity: 16)
    for _ in 0..<1500 {
      let labels = Dictionary(
        (0..<dice.below(6)).map { _ in (dice.pick(Self.names), dice.pick(Self.texts.filter { !$0.isEmpty })) },
        uniquingKeysWith: { first, _ in first })
      // The action under test, between others that move labels about.
      let actions = [dice.pick(RelabelConfig.Action.allCases), action, dice.pick([.replace, .labelmap, action])]
      let configs = actions.map { randomConfig($0, &dice) }
      guard let relabeler = try? Relabeler(configs) else { continue }
      var naive = NaiveRelabel(labels)
      let stays = try configs.allSatisfy { try naive.apply($0) }
      TestBlock(labels).read { block in
        scratch.fill(from: block)
        let outcome = relabeler.apply(to: scratch)
        #expect((outcome == .kept) == stays, "\(configs) on \(labels)")
        guard outcome == .kept else { return }
        #expect(result(of: scratch) == naive.labels, "\(configs) on \(labels)")
        #expect(scratch.isChanged == (naive.labels != labels), "\(configs) on \(labels)")
        let written = scratch.write(to: output)
        let bytes = UnsafeRawBufferPointer(rebasing: output.bytes[written.start..<written.end])
        TestBlock(naive.labels).read { #expect(bytes.elementsEqual($0.bytes), "\(configs) on \(labels)") }
      }
    }
  }

  private func randomConfig(_ action: RelabelConfig.Action, _ dice: inout SeededGenerator) -> RelabelConfig {
    var config = RelabelConfig()
    config.action = action
    let seesNamesOnly = action == .labeldrop || action == .labelkeep
    let compares = action == .keepequal || action == .dropequal
    if !seesNamesOnly {
      config.sourceLabels = (0..<dice.below(4)).map { _ in dice.pick(Self.names) }
      config.targetLabel = dice.pick(action == .replace ? Self.names + Self.templates : Self.names)
      if !compares { config.separator = dice.pick([";", "", "-"]) }
    }
    if !compares { config.regex = dice.pick(Self.patterns) }
    if action == .replace || action == .labelmap { config.replacement = dice.pick(Self.templates) }
    if action == .hashmod { config.modulus = UInt64(1 + dice.below(5)) }
    return config
  }
}
