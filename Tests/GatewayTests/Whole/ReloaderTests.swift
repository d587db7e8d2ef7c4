import Config
import Synchronization
import Testing

@testable import Gateway

@Suite struct ReloaderTests {
  private struct Unreadable: Error, CustomStringConvertible {
    var description: String { "cannot be read" }
  }

  @Test func `before any reload the configuration it started with counts as taken`() {
    let begun = Timestamp.seconds()
    let reloader = Reloader(load: { Configuration() }, apply: { _ throws(GatewayError) in })
    #expect(reloader.status.succeeded)
    #expect(reloader.status.lastSuccess >= begun)
  }

  @Test func `what cannot be loaded is not applied`() {
    let applied = Atomic<Int>(0)
    let reloader = Reloader(
      load: { throw Unreadable() }, apply: { _ throws(GatewayError) in applied.add(1, ordering: .relaxed) })
    #expect(reloader.reload() == "cannot be read")
    #expect(applied.load(ordering: .relaxed) == 0)
    #expect(!reloader.status.succeeded)
  }

  @Test func `what cannot be applied is told`() {
    let reloader = Reloader(
      load: { Configuration() }, apply: { _ throws(GatewayError) in throw GatewayError("no such port") })
    let before = reloader.status.lastSuccess
    #expect(reloader.reload() == "no such port")
    #expect(!reloader.status.succeeded)
    #expect(reloader.status.lastSuccess == before)
  }

  @Test func `what was loaded is what is applied`() {
    let applied = Mutex<Configuration?>(nil)
    var configuration = Configuration()
    configuration.workers = 7
    let reloader = Reloader(
      load: { [configuration] in configuration },
      apply: { new throws(GatewayError) in applied.withLock { $0 = new } })
    #expect(reloader.reload() == nil)
    #expect(applied.withLock { $0 } == configuration)
  }

  @Test func `reloads come one after the other`() async {
    let (inside, overlaps) = (Counter(), Counter())
    let busy = Mutex(false)
    let reloader = Reloader(
      load: {
        inside.add()
        if busy.withLock({ wasBusy in
          defer { wasBusy = true }
          return wasBusy
        }) {
          overlaps.add()
        }
        return Configuration()
      }, apply: { _ throws(GatewayError) in busy.withLock { $0 = false } })
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { for _ in 0..<50 { _ = reloader.reload() } } }
    }
    #expect(inside.value == 400)
    #expect(overlaps.value == 0)
  }
}
