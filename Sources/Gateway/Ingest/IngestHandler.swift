internal import Config
internal import Inbound
internal import Memory

/// Takes ingest requests on one listener: judges their heads on the I/O thread, gives their bodies to workers.
final class IngestHandler: RequestHandler {
  private let services: IngestServices
  private let listener: Address

  init(_ services: IngestServices, listener: Address) {
    self.services = services
    self.listener = listener
  }

  func admit(_ head: RequestHead) -> Admission {
    let context = services.context
    if head.method == "GET" || head.method == "HEAD", let page = HealthPages.answer(head, services.health) {
      return .answer(page)
    }
    do throws(IngestRequest.Refusal) {
      let (bodyBytes, lease) = try services.control.begin(IngestRequest(head, context))
      // What could never fit is too large, not something to try again.
      let room = Int(Double(services.memory.limit) * ServerOptions.standardBodyShare)
      return .accept(
        maxBodyBytes: min(bodyBytes, context.limits(of: listener).maxBodyBytes, room), holding: lease)
    } catch {
      services.metrics.answered("\(listener)", error.format?.protocolName, error.response.status)
      return .answer(error.response)
    }
  }

  func makeWorker(index: Int) -> any RequestWorker { IngestWorker(services, listener: listener) }
}
