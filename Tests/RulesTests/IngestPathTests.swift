import Model
import Testing

@testable import Rules

@Suite struct IngestPathTests {
  @Test(arguments: [
    ("/v1/metrics", IngestProtocol.otlp, Signal.metrics), ("/otlp/v1/metrics", .otlp, .metrics),
    ("/api/v1/otlp/v1/metrics", .otlp, .metrics), ("/v1/traces", .otlp, .traces), ("/otlp/v1/traces", .otlp, .traces),
    ("/v1/logs", .otlp, .logs), ("/otlp/v1/logs", .otlp, .logs), ("/api/v1/push", .remoteWrite, .metrics),
    ("/api/prom/push", .remoteWrite, .metrics), ("/push", .remoteWrite, .metrics),
    ("/api/v1/write", .remoteWrite, .metrics),
    ("/api/v1/receive", .remoteWrite, .metrics), ("/api/v1/prom/remote/write", .remoteWrite, .metrics),
  ])
  func `every ingest path is known, also below a tenant`(_ path: String, _ protocol: IngestProtocol, _ signal: Signal) {
    path.bytes { bytes in
      let found = IngestPath(bytes)
      #expect(found?.protocol == `protocol` && found?.signal == signal && found?.tenant == nil)
    }
    ("/tenants/a%2Db" + path).bytes { bytes in
      let found = IngestPath(bytes)
      #expect(found?.protocol == `protocol` && found?.signal == signal && found?.tenant?.text == "a%2Db")
    }
  }

  @Test(arguments: [
    "", "/", "/api/v1/push/", "//api/v1/push", "/api//v1/push", "/API/v1/push", "/api/v1/push?x", "/tenants/push",
    "/tenants//push", "/tenants/a/tenants/b/push", "/tenants/a/", "/tenants/a", "/tenants/", "/api/v1/query",
    "/api/v1/push ",
    "/tenants/a/b/push", "/api/v1/otlp/v1/logs", "push",
  ])
  func `all else is not`(_ path: String) {
    path.bytes { bytes in
      let isKnown = IngestPath(bytes) != nil
      #expect(!isKnown)
    }
  }
}
