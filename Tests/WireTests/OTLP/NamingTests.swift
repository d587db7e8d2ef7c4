import Testing

@testable import Wire

@Suite struct NamingTests {
  @Test(arguments: MetricNameCase.all) func `a metric is called what Prometheus calls it`(_ given: MetricNameCase) {
    for (strategy, expected) in zip(OTLPSettings.Strategy.allCases, given.expected) {
      var settings = OTLPSettings()
      settings.strategy = strategy
      settings.namespace = given.namespace
      let name = MetricNaming(settings).name(Array(given.name.utf8), unit: Array(given.unit.utf8), kind: given.kind)
      #expect(name.map { String(decoding: $0, as: UTF8.self) } == expected, "\(strategy)")
    }
  }

  private static let labelSettings: [(strategy: OTLPSettings.Strategy, sanitizes: Bool, preserves: Bool)] = [
    (.underscoreEscapingWithSuffixes, true, true),
    (.underscoreEscapingWithSuffixes, true, false),
    (.underscoreEscapingWithSuffixes, false, true),
    (.underscoreEscapingWithSuffixes, false, false),
    (.noTranslation, true, true),
  ]

  private func labelNames(_ key: [UInt8]) -> [[UInt8]?] {
    Self.labelSettings.map { strategy, sanitizes, preserves in
      var settings = OTLPSettings()
      settings.strategy = strategy
      settings.sanitizesLabelUnderscores = sanitizes
      settings.preservesMultipleUnderscores = preserves
      return LabelNaming(settings).name(key)
    }
  }

  @Test(arguments: LabelNameCase.all) func `a label is called what Prometheus calls it`(_ given: LabelNameCase) {
    let names = labelNames(Array(given.key.utf8)).map { $0.map { String(decoding: $0, as: UTF8.self) } }
    #expect(names == given.expected)
  }

  @Test func `a byte that is not UTF-8 counts as one character of a label`() {
    let bad = labelNames([0xFF] + Array("bad".utf8)).prefix(4).map { $0.map { String(decoding: $0, as: UTF8.self) } }
    #expect(bad == ["key_bad", "key_bad", "_bad", "_bad"])
    let middle = labelNames([0x61, 0xFF, 0x62]).prefix(4).map { $0.map { String(decoding: $0, as: UTF8.self) } }
    #expect(middle == ["a_b", "a_b", "a_b", "a_b"])
  }

  @Test(arguments: UnitCase.all) func `a unit is told in the words of Prometheus`(_ given: UnitCase) {
    let unit = Array(given.unit.utf8)
    #expect(String(decoding: UnitNaming.metadata(of: unit), as: UTF8.self) == given.escaped)
    #expect(String(decoding: UnitNaming.label(of: unit, escapes: false), as: UTF8.self) == given.unescaped)
  }

  @Test(
    arguments: zip(
      [
        "d", "h", "min", "s", "ms", "us", "ns", "By", "KiBy", "MiBy", "GiBy", "TiBy", "KBy", "MBy", "GBy", "TBy", "m",
        "V",
        "A", "J", "W", "g", "Cel", "Hz", "%", "1", "kBy", "bit", "km", "Seconds", "seconds", "requests",
      ],
      [
        "days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds", "bytes", "kibibytes",
        "mebibytes", "gibibytes", "tibibytes", "kilobytes", "megabytes", "gigabytes", "terabytes", "meters", "volts",
        "amperes", "joules", "watts", "grams", "celsius", "hertz", "percent", "", "kBy", "bit", "km", "Seconds",
        "seconds",
        "requests",
      ]))
  func `every unit has its word`(_ unit: String, _ word: String) {
    #expect(String(decoding: UnitNaming.metadata(of: Array(unit.utf8)), as: UTF8.self) == word)
  }

  @Test(
    arguments: zip(
      ["s", "m", "h", "d", "w", "mo", "y", "min", "By", "1"],
      ["second", "minute", "hour", "day", "week", "month", "year", "min", "By", "1"]))
  func `every unit behind a slash has its own word`(_ unit: String, _ word: String) {
    #expect(String(decoding: UnitNaming.metadata(of: Array("x/\(unit)".utf8)), as: UTF8.self) == "x_per_\(word)")
  }

  @Test(
    arguments: [
      (0.005, "0.005"), (1, "1"), (2.5, "2.5"), (1_000_000, "1000000"), (1e21, "1000000000000000000000"),
      (0, "0"), (-0.0, "-0"), (-1.5, "-1.5"), (1e-7, "0.0000001"), (123456789.125, "123456789.125"),
      (0.99, "0.99"), (1e16, "10000000000000000"), (.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
    ] as [(Double, String)])
  func `a bound never has an exponent`(_ number: Double, _ text: String) {
    #expect(String(decoding: NumberText.plain(number), as: UTF8.self) == text)
  }

  @Test(
    arguments: [
      (1, "1"), (0.1, "0.1"), (-0.0, "-0"), (1e20, "100000000000000000000"), (1e21, "1e+21"), (1.5e21, "1.5e+21"),
      (0.000001, "0.000001"), (1e-7, "1e-7"), (Double.leastNonzeroMagnitude, "5e-324"),
      (1.7976931348623157e308, "1.7976931348623157e+308"),
      (-2.5e-9, "-2.5e-9"),
    ] as [(Double, String)])
  func `an attribute's number has an exponent where it is very large or very small`(_ number: Double, _ text: String) {
    #expect(String(decoding: NumberText.compact(number), as: UTF8.self) == text)
  }
}
