import JSON
import Rules
import TestSupport
import Testing

@testable import Config

/// One route is changed without a look at the others, and nothing can be told from a look at all of them.
@Suite struct RouteChanges {
  private static let file = """
    backends: {a: {type: debug}, b: {type: debug}, c: {type: remote_write, endpoint: "http://h/p?key=s", tenant_header: X-T}}
    routes:
    - {name: one, match: {tenant: x}, send: [a]}
    - {name: two, send: [a, b], continue: true}
    - {name: three, priority: 2, send: [a]}
    - {name: rest, send: [a]}
    """
  private let origin = ConfigurationOrigin(file: "t.yaml", environment: ["B": "b"], checks: RouteChecks())
  private let file: ConfigurationDocument

  init() throws {
    file = try ConfigurationLoader.document(text: Self.file, name: "t.yaml", environment: [:])
  }

  /// Of a few kinds: walls, disabled ones, such as send to what no other does, and such as are wrong.
  private func route(_ name: String, _ dice: inout some RandomNumberGenerator) -> JSONValue {
    var spec = JSONObject([("name", .string(name))])
    let targets = [["a"], ["b"], ["a", "c"], ["${env:B}"], [], ["none"]]
    spec["send"] = .array(targets[Int.random(in: 0..<targets.count, using: &dice)].map(JSONValue.string))
    if Bool.random(using: &dice) { spec["match"] = ["tenant": Bool.random(using: &dice) ? "*" : "x"] }
    if Bool.random(using: &dice) { spec["priority"] = .integer(Int64.random(in: -1...2, using: &dice)) }
    if Int.random(in: 0..<4, using: &dice) == 0 { spec["enabled"] = false }
    if Int.random(in: 0..<4, using: &dice) == 0 { spec["continue"] = true }
    if Int.random(in: 0..<6, using: &dice) == 0 { spec["rewrite"] = ["headers": ["X-T": "{tenant}"]] }
    return .object(spec)
  }

  private func warnings(_ document: ConfigurationDocument) -> [String] {
    document.configuration.warnings.map { "\($0.path): \($0.message)" }.sorted()
  }

  private func check(_ changed: ConfigurationDocument, _ whole: ConfigurationDocument) {
    #expect(changed.source == whole.source)
    #expect(changed.configuration.routes == whole.configuration.routes)
    #expect(warnings(changed) == warnings(whole))
    #expect(changed.masked(changed.source) == whole.masked(whole.source))
    #expect(changed.walls == whole.walls)
    for (place, route) in whole.configuration.routes.enumerated() {
      #expect(changed.place(ofRoute: route.name) == place)
    }
  }

  @Test(arguments: 0..<40)
  func `a change of one route gives what reading the whole gives`(_ seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed &+ 1)
    var managed = ManagedResources()
    var inForce = file
    let rule: ManagedResources.Owner = seed.isMultiple(of: 5) ? .file : .api
    var short = 0
    for revision in 1...60 {
      let names = ["one", "two", "three", "rest", "n1", "n2", "n3"]
      let name = names[Int.random(in: 0..<names.count, using: &dice)]
      let spec = Int.random(in: 0..<3, using: &dice) == 0 ? nil : route(name, &dice)
      var next = managed
      next.set(.routes, name, spec, revision: revision, over: file)
      let held = next.spec(.routes, name, over: file, rule)
      let whole = Result { try origin.document(next.source(over: file, rule)) { _ in true } }
      let place = inForce.place(ofRoute: name) ?? next.place(ofNewRoute: name, in: inForce, over: file)
      guard let place, held != inForce.resource(.routes, name)?.spec else { continue }
      let change = RouteChange(name: name, spec: held, place: place)
      do {
        let changed = try origin.document(inForce, with: change) { _ in true }
        guard let changed else { continue }
        short += 1
        check(changed, try whole.get())
        (managed, inForce) = (next, changed)
      } catch let errors as ConfigurationErrors {
        #expect(throws: errors) { try whole.get() }
      }
    }
    #expect(short > 5)
  }

  @Test func `a reference is followed only if it may be`() throws {
    let spec: JSONValue = ["name": "one", "send": ["${env:B}"]]
    let change = RouteChange(name: "one", spec: spec, place: 0)
    #expect(try origin.document(file, with: change) { _ in true }?.configuration.routes[0].send == ["b"])
    #expect(throws: ConfigurationErrors.self) { try origin.document(file, with: change) { _ in false } }
  }

  @Test func `the last route cannot be removed alone`() throws {
    let small = try ConfigurationLoader.document(text: Sample.whole, name: "t.yaml", environment: [:])
    #expect(try origin.document(small, with: RouteChange(name: "r", spec: nil, place: 0)) { _ in true } == nil)
  }
}

/// Names and their places.
@Suite struct NamedOrders {
  @Test(arguments: 0..<10)
  func `a name is found where it was put`(_ seed: UInt64) {
    var dice = SeededGenerator(seed: seed &+ 7)
    var names = (0..<5).map { "n\($0)" }
    var order = NamedOrder(names)
    for number in 5..<400 {
      if names.count > 3, Int.random(in: 0..<3, using: &dice) == 0 {
        order.remove(names.remove(at: Int.random(in: 0..<names.count, using: &dice)))
      } else {
        let place = Int.random(in: 0...names.count, using: &dice)
        names.insert("n\(number)", at: place)
        order.insert("n\(number)", at: place)
      }
      #expect(names.indices.allSatisfy { order.place(of: names[$0]) == $0 })
      #expect(order.place(of: "none") == nil)
    }
  }

  @Test func `there is room for many in front of a name, one behind the other`() {
    var order = NamedOrder(["a", "z"])
    for number in 0..<100_000 { order.insert("n\(number)", at: number) }
    #expect(order.place(of: "n0") == 0)
    #expect(order.place(of: "n99999") == 99_999)
    #expect(order.place(of: "a") == 100_000)
    #expect(order.place(of: "z") == 100_001)
  }
}
