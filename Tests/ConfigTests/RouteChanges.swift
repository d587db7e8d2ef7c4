import JSON
import Rules
import TestSupport
import Testing

@testable import Config

/// A few resources are changed without a look at the other routes, and nothing can be told from a look at all of them.
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

  /// What `names` are in `managed`, laid over what is in force; nil where it takes a look at the whole.
  private func changed(
    _ inForce: ConfigurationDocument, _ names: [ResourceName], _ managed: ManagedResources,
    _ rule: ManagedResources.Owner = .api, mayExpand: @escaping (String) -> Bool = { _ in true }
  ) throws -> ChangedDocument? {
    try origin.document(inForce, changing: names, to: managed, over: file, rule, mayExpand: mayExpand)
  }

  @Test(arguments: 0..<40)
  func `a change of one route gives what reading the whole gives`(_ seed: UInt64) throws {
    #expect(try changeAndCompare(seed &+ 1, most: 1, others: false) > 5)
  }

  @Test(arguments: 0..<60)
  func `several changes at once, of backends and tenants too, give what reading the whole gives`(_ seed: UInt64) throws
  {
    #expect(try changeAndCompare(seed &+ 500, most: 5, others: true) > 3)
  }

  /// Changes up to `most` routes at once, and `others` besides, again and again.
  /// - Returns: how often that took no look at the whole.
  private func changeAndCompare(_ seed: UInt64, most: Int, others: Bool) throws -> Int {
    var dice = SeededGenerator(seed: seed)
    var managed = ManagedResources()
    var inForce = file
    let rule: ManagedResources.Owner = seed.isMultiple(of: 5) ? .file : .api
    var short = 0
    for revision in 1...60 {
      var next = managed
      var names: [ResourceName] = []
      var gone: [ResourceName] = []
      for name in ["one", "n3", "two", "three", "rest", "n1", "n2"].shuffled(using: &dice).prefix(
        .random(in: 1...most, using: &dice))
      {
        names.append(ResourceName(.routes, name))
        if Int.random(in: 0..<3, using: &dice) == 0 {
          gone.append(ResourceName(.routes, name))
        } else {
          next.set(.routes, name, route(name, &dice), revision: revision, over: file)
        }
      }
      if others, Bool.random(using: &dice) { names.append(changeOther(&next, &gone, revision, &dice)) }
      next.remove(gone, revision: revision, over: file)
      let whole = Result { try origin.document(next.source(over: file, rule)) { _ in true } }
      do {
        guard let changed = try changed(inForce, names, next, rule) else { continue }
        short += 1
        let read = try whole.get()
        check(changed.document, read)
        checkChanges(changed, from: inForce)
        #expect(changed.document.frame == read.frame)
        #expect(changed.document.sensitive == read.sensitive)
        (managed, inForce) = (next, changed.document)
      } catch let errors as ConfigurationErrors {
        #expect(throws: errors) { try whole.get() }
      }
    }
    return short
  }

  private func changeOther(
    _ managed: inout ManagedResources, _ gone: inout [ResourceName], _ revision: Int,
    _ dice: inout some RandomNumberGenerator
  ) -> ResourceName {
    let name =
      [
        ResourceName(.backends, "d"), ResourceName(.backends, "c"), ResourceName(.backends, "b"),
        ResourceName(.tenants, "x"), ResourceName(.tenants, "y"),
      ].randomElement(using: &dice)!
    let specs: [JSONValue] =
      name.kind == .tenants
      ? [["limits": ["max_active_series": 5]], ["tokens": ["s-e-c-r-e-t"]], ["limits": ["max": 5]]]
      : [
        ["type": "debug"], ["type": "remote_write", "endpoint": "http://h/?k=v", "tenant_header": "X-T"],
        ["type": "none"],
      ]
    if Int.random(in: 0..<3, using: &dice) == 0 {
      gone.append(name)
    } else {
      managed.set(name.kind, name.name, specs.randomElement(using: &dice), revision: revision, over: file)
    }
    return name
  }

  /// That the changes, made one after the other, lead from the one to the other.
  private func checkChanges(_ changed: ChangedDocument, from old: ConfigurationDocument) {
    var routes = Array(old.configuration.routes)
    for change in changed.routes {
      let place = routes.firstIndex { $0.name == change.name }
      guard let route = change.route else {
        #expect(place != nil)
        routes.removeAll { $0.name == change.name }
        continue
      }
      if let place {
        routes[place] = route
      } else {
        let place = change.behind.map { behind in (routes.firstIndex { $0.name == behind } ?? -2) + 1 } ?? 0
        #expect((place < routes.count ? routes[place].name : nil) == change.before)
        routes.insert(route, at: max(0, place))
      }
    }
    #expect(routes == Array(changed.document.configuration.routes))
  }

  @Test func `what differs is told, and where also the order does, that it takes a look at the whole`() throws {
    var one = ManagedResources()
    for name in ["n1", "n2", "n3"] { one.set(.routes, name, ["send": ["a"]], revision: 1, over: file) }
    var other = one
    other.remove([ResourceName(.routes, "n2")], revision: 2, over: file)
    other.set(.routes, "n1", ["send": ["b"]], revision: 2, over: file)
    other.set(.tenants, "x", ["limits": [:]], revision: 2, over: file)
    let names = [ResourceName(.routes, "n2"), ResourceName(.routes, "n1"), ResourceName(.tenants, "x")]
    #expect(other.differences(from: one) == names)
    #expect(one.differences(from: one) == [])
    // What was taken from the middle would come back at the end.
    #expect(one.differences(from: other) == nil)
  }

  @Test func `a reference is followed only if it may be`() throws {
    var managed = ManagedResources()
    managed.set(.routes, "one", ["name": "one", "send": ["${env:B}"]], revision: 1, over: file)
    let names = [ResourceName(.routes, "one")]
    #expect(try changed(file, names, managed)?.document.configuration.routes[0].send == ["b"])
    #expect(throws: ConfigurationErrors.self) { try changed(file, names, managed) { _ in false } }
    #expect(try #require(try changed(file, names, managed)).document.mentions("${env:B}"))
    #expect(!file.mentions("${env:B}"))
  }

  @Test func `the last route cannot be removed alone`() throws {
    let small = try ConfigurationLoader.document(text: Sample.whole, name: "t.yaml", environment: [:])
    let names = [ResourceName(.routes, "r")]
    var managed = ManagedResources()
    managed.remove(names, revision: 1, over: small)
    #expect(try origin.document(small, changing: names, to: managed, over: small, .api) { _ in true } == nil)
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
