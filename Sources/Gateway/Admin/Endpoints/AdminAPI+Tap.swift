internal import Inbound

extension AdminAPI {
  static let tap = [
    AdminEndpoint(
      "/admin/v1/tap",
      [
        (
          "GET",
          .read(["tenant", "route", "backend", "series", "rate", "limit", "duration"]) { api, call throws(Problem) in
            try api.tap(call)
          }
        )
      ])
  ]

  /// Server-sent events, in an answer that lasts until the reader leaves.
  private func tap(_ call: AdminCall) throws(Problem) -> Response {
    let session = TapSession(
      try TapFilter(call.query), rate: try call.query.number("rate", 1...100, default: 10),
      most: try call.query["limit"] == nil ? nil : call.query.number("limit", 1...1_000_000, default: 1),
      duration: try call.query.duration("duration", .milliseconds(1) ... .seconds(86_400)))
    let headers = [
      HeaderField("Content-Type", "text/event-stream"), HeaderField("Cache-Control", "no-store"),
      HeaderField("X-Content-Type-Options", "nosniff"),
      // A proxy that buffers would show nothing.
      HeaderField("X-Accel-Buffering", "no"),
    ]
    var response = Response(200, headers: headers)
    if call.head.method == "HEAD" { return response }
    guard operations.tap.open(session) else {
      throw Problem(
        429, "\(Tap.mostSessions) are looking already", headers: [HeaderField("Retry-After", "1")])
    }
    response.stream = session.stream
    return response
  }
}
