import Inbound
import Logging
import Memory
import Threads

/// A handler made of closures, which by default answers with what it got.
struct TestHandler: RequestHandler {
  var admission: @Sendable (RequestHead) -> Admission = { _ in .accept() }
  var work: @Sendable (Exchange) -> Void = { $0.respond(.echo(of: $0)) }

  func admit(_ head: RequestHead) -> Admission { admission(head) }

  func makeWorker(index: Int) -> any RequestWorker { TestWorker(work: work) }
}

final class TestWorker: RequestWorker {
  let work: @Sendable (Exchange) -> Void

  init(work: @escaping @Sendable (Exchange) -> Void) { self.work = work }

  func process(_ exchange: Exchange) { work(exchange) }
}

extension Response {
  /// 200, the body as it came, and what was understood of the head.
  static func echo(of exchange: Exchange) -> Response {
    let head = exchange.head
    return Response(
      200,
      headers: [
        HeaderField("X-Line", "\(head.method) \(head.path) [\(head.query)]"),
        HeaderField("X-Length", head.contentLength.map { "\($0)" } ?? "chunked"),
        HeaderField("X-Remote", head.remoteAddress),
      ], body: Array(exchange.body.bytes))
  }
}

/// Exchanges that a test holds back, to answer them when it likes.
final class Holder: Sendable {
  private let held = Condition<[Exchange]>([])

  var handler: TestHandler {
    TestHandler(work: { [held] exchange in
      held.withLock { $0.append(exchange) }
      held.broadcast()
    })
  }

  /// Waits until `count` exchanges are there and gives them out.
  func take(_ count: Int) -> [Exchange] {
    held.wait(until: .now.advanced(by: .seconds(20))) { held -> [Exchange]? in
      guard held.count >= count else { return nil }
      defer { held = [] }
      return held
    } ?? []
  }
}

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

func startServer(
  _ handler: TestHandler = TestHandler(), pool: BufferPool? = nil, _ adjust: (inout ServerOptions) -> Void = { _ in }
) throws -> HTTPServer {
  var options = ServerOptions(name: "test", host: "127.0.0.1", port: 0)
  adjust(&options)
  let pool = pool ?? BufferPool(capacity: 4096, mostIdle: 16, largestKept: 1 << 20)
  let server = try HTTPServer(options: options, handler: handler, buffers: pool, log: silent)
  try server.start()
  return server
}

/// A request with a body and a Content-Length, and the lines of `headers`.
func post(_ path: String = "/p", headers: String = "", body: String) -> String {
  "POST \(path) HTTP/1.1\r\nHost: h\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}
