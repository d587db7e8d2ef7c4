import ArgumentParser
import Load
import Outbound

/// What `sluice load` is told.
struct LoadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where to send. Without a path, the usual one: /api/v1/push, /v1/metrics. {tenant} stands for the tenant.",
      valueName: "url"))
  var url = "http://localhost:4318"

  @Option(help: ArgumentHelp("Names, separated by commas, or how many.", valueName: "a,b|n"))
  var tenants = "demo"

  @Option(help: "The header that names the tenant; empty for none.")
  var tenantHeader = "X-Scope-OrgID"

  @Option(help: ArgumentHelp("One more header, as \"Name: value\"; may be repeated.", valueName: "header"))
  var header: [String] = []

  @Option(help: "Prometheus series of each tenant.")
  var series = 1000

  @Option(help: ArgumentHelp("From one sample of a series to the next (default: 1s).", valueName: "duration"))
  var interval: TimeOption?

  @Option(help: ArgumentHelp("Samples a second of all series together, instead of --interval.", valueName: "samples"))
  var rate: Double?

  @Option(help: ArgumentHelp("How long to send.", valueName: "duration"))
  var duration = TimeOption(.seconds(10))

  @Option(
    help: ArgumentHelp("How much longer to send what a server puts off or is too slow for.", valueName: "duration"))
  var grace = TimeOption(.seconds(30))

  @Option(help: "Samples in a request, at most.")
  var batch = 500

  @Option(help: "Connections, at most; a series always takes the same one.")
  var connections = 4

  @Option(help: ArgumentHelp("The same seed makes the same series and values (default: another one each time)."))
  var seed: UInt64?

  @Option(help: "The first word of every metric's name.")
  var prefix = "load"

  @Option(help: ArgumentHelp("Where to write what was sent, as JSON.", valueName: "file"))
  var record: String?

  @Option(name: .shortAndLong, help: "How to report: text or json.")
  var output = OutputFormat.text

  func validate() throws {
    if interval != nil, rate != nil { throw ValidationError("--interval and --rate say the same: give one of them") }
  }

  func plan(_ wire: LoadProtocol) throws(LoadError) -> LoadPlan {
    let shape = PopulationShape(
      tenants: tenantNames, seriesPerTenant: series, batchSize: batch, prefix: prefix,
      seed: seed ?? UInt64.random(in: 1...UInt64(UInt32.max)))
    return try LoadPlan(
      wire, url: url, shape: shape, pace: rate.map(Pace.rate) ?? .interval(interval?.duration ?? .seconds(1)),
      duration: duration.duration, tenantHeader: tenantHeader, headers: fields, connections: connections,
      grace: grace.duration)
  }

  private var tenantNames: [String] {
    guard let count = Int(tenants) else {
      return tenants.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return (0..<max(0, count)).map { "tenant-\($0 + 1)" }
  }

  private var fields: [HeaderField] {
    get throws(LoadError) {
      var fields: [HeaderField] = []
      for text in header {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let field = HeaderField(String(parts[0]), String(parts[1].drop { $0 == " " })) else {
          throw LoadError("--header \"\(text)\": it is \"Name: value\"")
        }
        fields.append(field)
      }
      return fields
    }
  }
}
