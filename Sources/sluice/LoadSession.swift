import ArgumentParser
import Glibc
import JSON
import Load
import Threads

/// A load from the first line on the terminal to the exit code.
struct LoadSession {
  private let wire: LoadProtocol
  private let options: LoadOptions
  private let isTerminal = isatty(STDERR_FILENO) == 1

  init(_ wire: LoadProtocol, _ options: LoadOptions) {
    self.wire = wire
    self.options = options
  }

  func run() throws {
    // Before any thread is started: they all inherit it, and only one waits for signals.
    let signals = Signals()
    let report: LoadReport
    do throws(LoadError) {
      let run = try LoadRun(options.plan(wire))
      try listen(to: signals, run)
      report = watch(run)
      if let file = options.record { try OutputFile.write(run.record.json, to: file) }
    } catch {
      Console.error("sluice load: \(error)")
      throw ExitCode(1)
    }
    switch options.output {
    case .text: print(report.lines.joined(separator: "\n"))
    case .json: print(report.json.text(.indented))
    }
    guard report.isComplete else { throw ExitCode(1) }
  }

  /// The first signal ends the load, the second the process.
  private func listen(to signals: Signals, _ run: LoadRun) throws(LoadError) {
    do {
      _ = try Thread(name: "signals") {
        _ = signals.wait()
        run.stop()
        _ = signals.wait()
        _exit(130)
      }
    } catch {
      throw LoadError("no thread for signals (error \(error.code))")
    }
  }

  /// Shows how it goes until it is over.
  private func watch(_ run: LoadRun) -> LoadReport {
    let pause: Duration = isTerminal ? .seconds(1) : .seconds(5)
    var shown = 0
    var last = ContinuousClock.now
    while !run.wait(atMost: pause) {
      let report = LoadReport(run)
      let now = ContinuousClock.now
      show(report.progress(rate: Double(report.accepted - shown) / (last.duration(to: now) / .seconds(1))))
      shown = report.accepted
      last = now
    }
    if isTerminal { Console.over("") }
    return LoadReport(run)
  }

  private func show(_ line: String) {
    if isTerminal { Console.over(line) } else { Console.error(line) }
  }
}
