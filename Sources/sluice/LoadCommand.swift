import ArgumentParser
import Load

/// `sluice load`
struct LoadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Send made-up metrics, and record what was sent.",
    discussion: """
      Exits with 0 if the server took every sample, with 1 if not. Ctrl-C ends it early; the record is written all the \
      same. With the record, "sluice verify" asks backends whether they have it all.
      """,
    subcommands: [RemoteWrite.self, OTLP.self])

  struct RemoteWrite: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remote-write", abstract: "Over Prometheus remote-write: counters and gauges.")

    @OptionGroup var options: LoadOptions

    func run() throws { try LoadSession(.remoteWrite, options).run() }
  }

  struct OTLP: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "otlp", abstract: "Over OTLP/HTTP: gauges, cumulative sums and histograms.")

    @OptionGroup var options: LoadOptions

    func run() throws { try LoadSession(.otlp, options).run() }
  }
}
