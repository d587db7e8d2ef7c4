internal import Inbound
internal import JSON
internal import Threads

extension AdminAPI {
  static let tap = [
    AdminEndpoint(
      "/admin/v1/tap",
      [
        (
          "GET",
          .read(["tenant", "route", "backend", "series", "rate", "limit", "wait"]) { api, call throws(Problem) in
            try api.tap(call)
          }
        )
      ])
  ]

  /// Server-sent events, a second's worth in an answer; a client of such events comes again by itself.
  private func tap(_ call: AdminCall) throws(Problem) -> Response {
    let session = TapSession(
      try TapFilter(call.query), rate: try call.query.number("rate", 1...100, default: 10),
      most: try call.query.number("limit", 1...100, default: 100))
    let wait = try call.query.number("wait", 1...5000, default: 1000)
    guard operations.tap.open(session) else {
      throw Problem(
        429, "\(Tap.mostSessions) are looking already", headers: [HeaderField("Retry-After", "1")])
    }
    defer { operations.tap.close(session) }
    let events = session.events(until: MonotonicTime.now.advanced(by: .milliseconds(wait)))
    let text = "retry: 50\n\n" + events.map { "event: series\ndata: \($0.text())\n\n" }.joined()
    return Response(
      200,
      headers: [HeaderField("Content-Type", "text/event-stream"), HeaderField("Cache-Control", "no-store")],
      body: Array(text.utf8))
  }
}
