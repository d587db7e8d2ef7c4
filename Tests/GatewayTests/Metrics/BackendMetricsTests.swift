import Spool
import Testing

@testable import Gateway
@testable import Outbound

@Suite struct BackendMetricsTests {
  private func parsed(_ backends: [BackendStatistics]) -> ParsedExposition {
    var output = Exposition()
    BackendMetrics.write(backends, capacities: ["a": 1000], to: &output)
    return ParsedExposition(output.text)
  }

  @Test func `what several backends have done stands family by family`() {
    let parsed = parsed([BackendStatistics(name: "a"), BackendStatistics(name: "b")])
    #expect(parsed.faults == [])
    #expect(parsed.value("sluice_backend_queue_capacity_bytes", ["backend": "a"]) == "1000")
    #expect(parsed.value("sluice_backend_queue_capacity_bytes", ["backend": "b"]) == "0")
  }

  @Test func `what waits is told in blocks, bytes, samples and age`() {
    var backend = BackendStatistics(name: "a")
    backend.queue.blocks = 2
    backend.queue.bytes = 300
    backend.queue.contents = Contents(series: 1, samples: 5, histograms: 2)
    backend.oldestAge = .milliseconds(1500)
    let parsed = parsed([backend])
    #expect(parsed.value("sluice_backend_queue_blocks", ["backend": "a"]) == "2")
    #expect(parsed.value("sluice_backend_queue_bytes", ["backend": "a"]) == "300")
    #expect(parsed.value("sluice_backend_queue_samples", ["backend": "a"]) == "7")
    #expect(parsed.value("sluice_backend_queue_oldest_age_seconds", ["backend": "a"]) == "1.5")
  }

  @Test(arguments: [(nil, "1"), (Duration.seconds(3), "0")])
  func `a backend is up unless it is down`(_ downFor: Duration?, _ value: String) {
    var backend = BackendStatistics(name: "a")
    backend.downFor = downFor
    #expect(parsed([backend]).value("sluice_backend_up", ["backend": "a"]) == value)
  }

  @Test func `every way in which a request can end has a code`() {
    var backend = BackendStatistics(name: "a")
    backend.requests.succeeded = 1
    backend.requests.redirected = 2
    backend.requests.tooMany = 3
    backend.requests.clientErrors = 4
    backend.requests.serverErrors = 5
    backend.requests.unanswered = 6
    let parsed = parsed([backend])
    let codes = ["2xx", "3xx", "429", "4xx", "5xx", "none"]
    let values = codes.map { parsed.value("sluice_backend_requests_total", ["backend": "a", "code": $0]) }
    #expect(values == ["1", "2", "3", "4", "5", "6"])
  }

  @Test func `every cause of a drop has a sample, those of the queue among them`() {
    var backend = BackendStatistics(name: "a")
    backend.queue.dropped = Contents(samples: 9)
    var expired = Tally()
    expired.contents = Contents(samples: 4)
    backend.dropped[.expired] = expired
    let parsed = parsed([backend])
    let values = Dictionary(
      uniqueKeysWithValues: DropCause.allCases.map {
        ($0, parsed.value("sluice_backend_dropped_samples_total", ["backend": "a", "cause": $0.rawValue]))
      })
    #expect(values[.queueFull] == "9")
    #expect(values[.expired] == "4")
    #expect(values[.shutdown] == "0")
    #expect(values.values.allSatisfy { $0 != nil })
  }

  @Test func `a tenant that is called other counts with all the others`() {
    var backend = BackendStatistics(name: "a")
    backend.deliveredByTenant = ["acme": 1, "other": 2]
    backend.deliveredOfOthers = 40
    let parsed = parsed([backend])
    #expect(parsed.faults == [])
    #expect(
      parsed.value("sluice_backend_tenant_delivered_samples_total", ["backend": "a", "tenant": "other"]) == "42")
  }
}
