internal import Outbound
internal import Wire

/// What an answer means for the request that it answers.
enum Judgement: Equatable {
  case accepted
  /// To be sent again as it is, after a while.
  case retry(after: Duration, reason: String)
  case refused(reason: String)

  /// What a server that says nothing about it is given to recover.
  static let pause = Duration.seconds(1)
  private static let longestPause = Duration.seconds(60)

  init(_ response: HTTPResponse, _ wire: LoadProtocol) {
    self.init(status: response.status, retryAfter: response.header("Retry-After"), body: response.body, wire)
  }

  /// - Parameter retryAfter: the header's text.
  init(status: Int, retryAfter: String? = nil, body: [UInt8] = [], _ wire: LoadProtocol) {
    switch status {
    case 200..<300: self = Self.success(body, wire)
    case 429, 500...: self = .retry(after: Self.pause(retryAfter), reason: Self.reason(status, body))
    default: self = .refused(reason: Self.reason(status, body))
    }
  }

  /// No answer: whether the request arrived is not known, and sending it again does no harm.
  init(_ error: HTTPClientError) {
    switch error {
    case .failed: self = .retry(after: Self.pause, reason: error.text)
    case .badURL, .tooLarge: self = .refused(reason: error.text)
    }
  }

  private static func success(_ body: [UInt8], _ wire: LoadProtocol) -> Judgement {
    guard wire == .otlp else { return .accepted }
    do throws(WireError) {
      let partial = try partialSuccess(body)
      guard partial.rejected != 0 else { return .accepted }
      return .refused(reason: "\(partial.rejected) data points rejected: \(partial.message)")
    } catch {
      return .refused(reason: "the answer is no ExportMetricsServiceResponse: \(error)")
    }
  }

  private static func partialSuccess(_ body: [UInt8]) throws(WireError) -> OTLPPartialSuccess {
    let result: Result<OTLPPartialSuccess, WireError> = body.withUnsafeBytes { bytes in
      Result { () throws(WireError) in try OTLPPartialSuccess(bytes) }
    }
    return try result.get()
  }

  private static func pause(_ retryAfter: String?) -> Duration {
    guard let text = retryAfter, let seconds = Int64(text), seconds >= 0 else { return pause }
    return min(.seconds(seconds), longestPause)
  }

  private static func reason(_ status: Int, _ body: [UInt8]) -> String {
    let line = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
    return "HTTP \(status)" + (line.isEmpty ? "" : ": \(line.prefix(200))")
  }
}
