import ArgumentParser
import Glibc
import JSON
import Load

/// `sluice verify`
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Ask backends for what \"sluice load\" has recorded.",
    discussion: """
      A backend is \(BackendAddress.help), where KIND is prometheus, cortex (Mimir too), victoria-metrics or influxdb \
      (1.x). For example:

        sluice verify --record load.json --backend "prom=prometheus:http://localhost:9090" \\
          --backend "influx=influxdb:http://localhost:8086,db=metrics"

      tenant-header is sent with the tenant as its value; tenant-label is a label with the tenant that a route has \
      added; ignore-label is one that says nothing about the series. Exits with 0 if every backend has exactly what \
      was sent, with 1 if not.
      """)

  @Option(help: ArgumentHelp("What a load has recorded; may be repeated.", valueName: "file"))
  var record: [String] = []

  @Option(help: ArgumentHelp("A backend to ask; may be repeated.", valueName: "backend"))
  var backend: [String] = []

  @Option(help: ArgumentHelp("A tenant that a route renames; may be repeated.", valueName: "sent=stored"))
  var tenantMap: [String] = []

  @Option(help: ArgumentHelp("How long data may take to show.", valueName: "duration"))
  var timeout = TimeOption(.seconds(30))

  @Flag(help: "A sample that is there twice is no fault, as after a crash.")
  var allowRepeats = false

  @Option(name: .shortAndLong, help: "How to report: text or json.")
  var output = OutputFormat.text

  func validate() throws {
    if record.isEmpty || backend.isEmpty { throw ValidationError("give --record and --backend, each at least once") }
  }

  func run() throws {
    let report: VerificationReport
    do throws(LoadError) {
      report = try verification().run(progress: show)
    } catch {
      Console.error("sluice verify: \(error)")
      throw ExitCode(1)
    }
    if isTerminal { Console.over("") }
    switch output {
    case .text: print(report.lines.joined(separator: "\n"))
    case .json: print(report.json.text(.indented))
    }
    guard report.isComplete else { throw ExitCode(1) }
  }

  private func verification() throws(LoadError) -> Verification {
    var backends: [BackendAddress] = []
    for text in backend { backends.append(try BackendAddress(parsing: text)) }
    var records: [LoadRecord] = []
    for file in record { records.append(try RecordFile(file).load()) }
    return try Verification(
      records: records, backends: backends, tenants: TenantMap(parsing: tenantMap), allowsRepeats: allowRepeats,
      timeout: timeout.duration)
  }

  private var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  private func show(_ complete: Int, _ all: Int) {
    if isTerminal { Console.over("\(complete) of \(all) are complete") }
  }
}
