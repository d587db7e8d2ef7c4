internal import Inbound
internal import Model
internal import Rules
internal import Wire

/// Puts what became of a request into the words of its protocol.
enum AnswerWriter {
  /// Seconds after which a sender is asked to come back when nothing better is known.
  static let defaultRetryAfter = 5

  /// The request was taken, but for what `refusals` tells.
  ///
  /// Remote-write 1.0: 204, or 400 with the reasons (a sender then logs them and goes on; the good series are in), 403 where
  /// a series names a tenant that is not the sender's.
  /// OTLP: 200 with a partial success (OTLP/HTTP specification, "Partial success"), or 400 or 403 where nothing of it could be
  /// taken ("Failures", bad data): a partial success would say that something was.
  /// - Parameters:
  ///   - written: what was taken, for the sender of remote-write 2.0.
  ///   - limitedFor: seconds after which what was beyond a limit of its tenant may come again; then it is a 429.
  static func taken(
    _ format: WireFormat, refusals: Refusals, written: SeriesCounts = SeriesCounts(), limitedFor: Int? = nil
  ) -> Response {
    if let limitedFor {
      return refused(format, 429, refusals.message, retryAfter: limitedFor, written: written)
    }
    let isForbidden = refusals.counts[.forbiddenTenant] != nil
    let status = refusals.total == 0 ? 204 : isForbidden ? 403 : 400
    return switch format {
    case .remoteWrite: status == 204 ? Response(204) : text(status, refusals.message)
    case .remoteWrite2:
      status == 204
        ? Response(204, headers: WrittenCounts.fields(written))
        : text(status, refusals.message, WrittenCounts.fields(written))
    case .otlpProtobuf where status != 204 && written.series == 0, .otlpJSON where status != 204 && written.series == 0:
      refused(format, status, refusals.message)
    case .otlpProtobuf: Response(200, headers: [protobuf], body: OTLPResponse.exportResponse(refusals, .protobuf))
    case .otlpJSON: Response(200, headers: [json], body: OTLPResponse.exportResponse(refusals, .json))
    }
  }

  /// The request, or all of it but `written`, was not taken; the sender's to mend (4xx) or to try again (429, 503).
  /// - Parameter fault: where its body is no message.
  static func refused(
    _ format: WireFormat?, _ status: Int, _ reason: String, retryAfter: Int? = nil,
    headers: [HeaderField] = [], written: SeriesCounts = SeriesCounts(), fault: WireError? = nil
  ) -> Response {
    var headers = headers
    if status == 429 || status == 503 {
      headers.append(HeaderField("Retry-After", String(retryAfter ?? defaultRetryAfter)))
    }
    let code = OTLPResponse.code(forHTTPStatus: status)
    switch format {
    case .otlpProtobuf:
      return Response(
        status, headers: headers + [protobuf],
        body: OTLPResponse.status(code: code, message: reason, fault: fault, .protobuf))
    case .otlpJSON:
      return Response(
        status, headers: headers + [json], body: OTLPResponse.status(code: code, message: reason, fault: fault, .json))
    case .remoteWrite, nil: return text(status, reason, headers)
    case .remoteWrite2: return text(status, reason, headers + WrittenCounts.fields(written))
    }
  }

  static func text(_ status: Int, _ reason: String, _ headers: [HeaderField] = []) -> Response {
    Response(
      status, headers: headers + [HeaderField("Content-Type", "text/plain; charset=utf-8")],
      body: Array((reason + "\n").utf8))
  }

  private static let protobuf = HeaderField("Content-Type", "application/x-protobuf")
  private static let json = HeaderField("Content-Type", "application/json")
}
