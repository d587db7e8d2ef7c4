import Testing

@testable import Load

@Suite struct Plans {
  private func plan(
    _ url: String = "http://h:1", shape: PopulationShape = .test(), pace: Pace = .interval(.seconds(1)),
    duration: Duration = .seconds(10), wire: LoadProtocol = .otlp
  ) throws(LoadError) -> LoadPlan {
    try LoadPlan(wire, url: url, shape: shape, pace: pace, duration: duration)
  }

  @Test(arguments: [
    ("http://h:1", "http://h:1/v1/metrics"), ("http://h:1/", "http://h:1/v1/metrics"),
    ("http://h:1/other", "http://h:1/other"), ("https://h/p?db=x", "https://h/p?db=x"),
  ])
  func `a URL without a path gets the usual one`(_ given: String, _ used: String) throws {
    #expect(try plan(given).url(for: "red") == used)
  }

  @Test func `the tenant takes its place in the URL`() throws {
    #expect(try plan("http://h/tenants/{tenant}/push").url(for: "a b") == "http://h/tenants/a%20b/push")
  }

  @Test func `a rate makes an interval of whole milliseconds`() throws {
    #expect(try plan(pace: .rate(400)).interval == 500)
    #expect(try plan(pace: .rate(400)).ticks == 20)
  }

  @Test func `the plan is a whole number of ticks`() throws {
    let plan = try plan(pace: .interval(.milliseconds(300)), duration: .seconds(1))
    #expect(plan.ticks == 3)
    #expect(plan.samples == 600)
  }

  @Test(arguments: [
    ("", "--tenants"), ("red,red", "--tenants"), ("a\nb", "--tenants"),
  ])
  func `tenants that cannot be are refused`(_ names: String, _ option: String) {
    let tenants = names.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    expectError(naming: option) { () throws(LoadError) in try plan(shape: .test(tenants: tenants)) }
  }

  @Test(arguments: ["", "Load", "a_b", "a.b", "1a", "total", "ratio", "seconds", "bytes"])
  func `a prefix that a translator would change is refused`(_ prefix: String) {
    var shape = PopulationShape.test()
    shape.prefix = prefix
    expectError(naming: "--prefix") { () throws(LoadError) in try plan(shape: shape) }
  }

  @Test func `numbers out of range are refused, naming the option`() {
    expectError(naming: "--series") { () throws(LoadError) in try plan(shape: .test(series: 0)) }
    expectError(naming: "--series") { () throws(LoadError) in try plan(shape: .test(series: .max)) }
    expectError(naming: "--batch") { () throws(LoadError) in try plan(shape: .test(batch: 0)) }
    expectError(naming: "--interval") { () throws(LoadError) in try plan(pace: .interval(.microseconds(1))) }
    expectError(naming: "--rate") { () throws(LoadError) in try plan(pace: .rate(0)) }
    expectError(naming: "--rate") { () throws(LoadError) in try plan(pace: .rate(1_000_000)) }
    expectError(naming: "--duration") { () throws(LoadError) in try plan(duration: .milliseconds(10)) }
    expectError(naming: "--url") { () throws(LoadError) in try plan("localhost") }
  }

  private func expectError(naming option: String, _ body: () throws(LoadError) -> LoadPlan) {
    do throws(LoadError) {
      _ = try body()
      Issue.record("was taken")
    } catch {
      #expect(error.description.hasPrefix(option))
    }
  }
}
