internal import Inbound

/// Serves the admin address: health, metrics, reload.
final class AdminHandler: RequestHandler {
  /// What the admin address can see and do.
  protocol Operations: AnyObject, Sendable {
    var health: Health { get }
    /// The metrics in the text format.
    func metricsText() -> String
    /// Takes the configuration anew; nil when it is in force, else why not.
    func reload() -> String?
  }

  private let operations: any Operations

  init(_ operations: any Operations) { self.operations = operations }

  func admit(_ head: RequestHead) -> Admission {
    guard let methods = Self.methods(of: head.path) else {
      return .answer(AnswerWriter.text(404, "no such path: \(head.path.prefix(200))"))
    }
    guard methods.contains(head.method) else {
      let allowed = methods.joined(separator: ", ")
      return .answer(AnswerWriter.text(405, "\(head.path) takes \(allowed)", [HeaderField("Allow", allowed)]))
    }
    // A page that a browser was lured to can post here, but it cannot hide where it comes from.
    if head.method == "POST", head.headers.first("Origin") != nil {
      return .answer(AnswerWriter.text(403, "requests from web pages are not taken"))
    }
    return .accept(maxBodyBytes: 0)
  }

  func makeWorker(index: Int) -> any RequestWorker { Worker(operations) }

  private static func methods(of path: String) -> [String]? {
    switch path {
    case "/-/healthy", "/-/ready", "/metrics": ["GET", "HEAD"]
    case "/-/reload": ["POST"]
    default: nil
    }
  }

  private final class Worker: RequestWorker {
    private let operations: any Operations

    init(_ operations: any Operations) { self.operations = operations }

    func process(_ exchange: Exchange) {
      exchange.respond(answer(exchange.head))
    }

    private func answer(_ head: RequestHead) -> Response {
      if let page = HealthPages.answer(head, operations.health) { return page }
      guard head.path == "/-/reload" else {
        return Response(
          200, headers: [HeaderField("Content-Type", Exposition.contentType)],
          body: Array(operations.metricsText().utf8))
      }
      if let reason = operations.reload() { return AnswerWriter.text(422, reason) }
      return AnswerWriter.text(200, "The configuration is in force.")
    }
  }
}
