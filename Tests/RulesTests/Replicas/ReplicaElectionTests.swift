import Model
import Testing

@testable import Rules

@Suite struct ReplicaElectionTests {
  private let start = ContinuousClock.now
  private let elections = ReplicaElections()

  private func judge(
    _ replica: String, of cluster: String = "c", sender: String = "t", after seconds: Double, most: Int = 10
  ) -> ReplicaElections.Verdict {
    var settings = ReplicaDeduplication()
    settings.maxClusters = most
    return elections.judge(
      replica, of: ReplicaElections.Cluster(sender: sender, tenant: "", name: cluster), by: settings,
      at: start + .seconds(seconds))
  }

  @Test func `the first that is heard is elected, the others are passed over as long as it is heard`() {
    #expect(judge("a", after: 0) == .elected)
    for second in 1...100 {
      #expect(judge("b", after: Double(second) - 0.5) == .passedOver)
      if second.isMultiple(of: 29) { #expect(judge("a", after: Double(second)) == .elected) }
    }
  }

  @Test func `after a silence another one takes over, and the first is passed over when it comes back`() {
    #expect(judge("a", after: 0) == .elected)
    #expect(judge("b", after: 29.9) == .passedOver)
    #expect(judge("b", after: 30) == .tookOver)
    #expect(judge("a", after: 31) == .passedOver)
    #expect(judge("b", after: 59) == .elected)
    #expect(judge("a", after: 88) == .passedOver)
  }

  @Test func `clusters and tenants are elected for apart`() {
    #expect(judge("a", after: 0) == .elected)
    #expect(judge("b", of: "d", after: 0) == .elected)
    #expect(judge("b", sender: "u", after: 0) == .elected)
  }

  @Test func `a tenant's clusters are bounded, and those that fell silent make room`() {
    for number in 0..<3 { #expect(judge("a", of: "c\(number)", after: 0, most: 3) == .elected) }
    #expect(judge("a", of: "c3", after: 1, most: 3) == .tooManyClusters)
    #expect(judge("a", of: "c3", sender: "u", after: 1, most: 3) == .elected)
    #expect(judge("a", of: "c0", after: 20, most: 3) == .elected)
    #expect(judge("b", of: "c4", after: 31, most: 3) == .elected)
    #expect(elections.count == 2)
    #expect(elections.elected.map { "\($0.sender) \($0.cluster) \($0.replica)" } == ["t c0 a", "t c4 b"])
    #expect(elections.elected.map(\.heard) == [start + .seconds(20), start + .seconds(31)])
  }
}

@Suite struct ReplicaRouting {
  private var settings: ReplicaDeduplication {
    var settings = ReplicaDeduplication()
    settings.isEnabled = true
    return settings
  }

  private func series(_ replica: String, _ count: Int = 3) -> [LabelSet] {
    (0..<count).map { ["__name__": "m\($0)", "cluster": "c", "__replica__": replica, "job": "x"] }
  }

  @Test func `of two replicas one is kept, under the same labels, and the other is counted for its route`() throws {
    let table = try table([route("r", to: ["a"])], replicas: settings)
    let elections = ReplicaElections()
    let (one, two) = (SeriesRouter(elections: elections), SeriesRouter(elections: elections))
    let first = try one.deliver(series("r1"), table, try facts())
    #expect(Set(first.map(\.labels)) == Set((0..<3).map { ["__name__": "m\($0)", "cluster": "c", "job": "x"] }))
    #expect(try two.deliver(series("r2"), table, try facts()).isEmpty)
    #expect(two.losses.passedOver.samples == 3)
    #expect(two.drops.map(\.cause) == [.replica])
    #expect(two.drops.map(\.counts.samples) == [3])
    let later = ContinuousClock.now + .seconds(31)
    #expect(try two.deliver(series("r2"), table, try facts(), at: later).count == 3)
    #expect(two.takeovers == 1)
  }

  @Test func `a series that lacks one of the labels passes as it is`() throws {
    let table = try table([route("r", to: ["a"])], replicas: settings)
    let router = SeriesRouter()
    let odd: [LabelSet] = [["__name__": "m", "cluster": "c"], ["__name__": "m", "__replica__": "r9"]]
    #expect(Set(try router.deliver(odd, table, try facts()).map(\.labels)) == Set(odd))
  }

  @Test func `a request of several clusters and replicas is judged cluster by cluster`() throws {
    let table = try table([route("r", to: ["a"])], replicas: settings)
    let router = SeriesRouter()
    let mixed: [LabelSet] = [
      ["__name__": "m", "cluster": "c1", "__replica__": "a"], ["__name__": "m", "cluster": "c2", "__replica__": "b"],
      ["__name__": "m", "cluster": "c1", "__replica__": "b"],
    ]
    #expect(Set(try router.deliver(mixed, table, try facts()).map(\.payload)) == [0, 1])
  }

  @Test func `a route may say its own labels, or that it keeps all replicas`() throws {
    var other = settings
    (other.clusterLabel, other.replicaLabel) = ("prom", "pod")
    let table = try table(
      [
        route("own", to: ["a"]) {
          $0.match.tenants = ["own"]
          $0.replicas = other
        },
        route("all", to: ["a"]) {
          $0.match.tenants = ["all"]
          $0.replicas = ReplicaDeduplication()
        },
      ], replicas: settings)
    let router = SeriesRouter()
    let pair: [LabelSet] = ["p1", "p2"].map { ["__name__": "m", "prom": "x", "pod": $0] }
    #expect(try router.deliver(pair, table, try facts("own")).map(\.labels) == [["__name__": "m", "prom": "x"]])
    #expect(try router.deliver(series("r1") + series("r2"), table, try facts("all")).count == 6)
  }

  @Test func `teams that share a sender and a cluster's name do not silence each other`() throws {
    let table = try table([route("r", to: ["a"]) { $0.rewrite.tenant = "{label.team}" }], replicas: settings)
    let router = SeriesRouter()
    let both: [LabelSet] = [
      ["__name__": "m", "cluster": "c", "__replica__": "a", "team": "x"],
      ["__name__": "m", "cluster": "c", "__replica__": "b", "team": "y"],
    ]
    #expect(Set(try router.deliver(both, table, try facts()).map(\.addressee.tenant)) == ["x", "y"])
  }

  @Test func `too many clusters are refused`() throws {
    var few = settings
    few.maxClusters = 2
    let table = try table([route("r", to: ["a"])], replicas: few)
    let router = SeriesRouter()
    let many: [LabelSet] = (0..<5).map { ["__name__": "m", "cluster": "c\($0)", "__replica__": "a"] }
    #expect(try router.deliver(many, table, try facts()).count == 2)
    #expect(router.losses.tooManyClusters.series == 3)
    #expect(router.drops.isEmpty)
  }
}
