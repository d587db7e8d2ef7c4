internal import Inbound
internal import Synchronization

/// Whether the gateway lives, and whether it takes requests. Any thread.
final class Health: Sendable {
  private let ready = Atomic<Bool>(false)

  var isReady: Bool { ready.load(ordering: .relaxed) }

  func set(ready isReady: Bool) { ready.store(isReady, ordering: .relaxed) }
}

/// The pages that a load balancer asks for, as every program of the Prometheus family has them.
enum HealthPages {
  /// The answer to `/-/healthy` or `/-/ready`, or nil for another path.
  static func answer(_ head: RequestHead, _ health: Health) -> Response? {
    switch head.path {
    case "/-/healthy": AnswerWriter.text(200, "Sluice is healthy.")
    case "/-/ready" where health.isReady: AnswerWriter.text(200, "Sluice is ready.")
    case "/-/ready": AnswerWriter.text(503, "Sluice is not ready.", [HeaderField("Retry-After", "1")])
    default: nil
    }
  }
}
