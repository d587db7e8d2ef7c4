public import Memory
import Synchronization

/// A request, complete, that waits for its answer.
///
/// Any thread may hold it and answer it, at any time, also when the client has left or the server has
/// stopped. One that is let go without an answer is answered with a 500, so that no client waits for ever.
public final class Exchange: Sendable {
  public let head: RequestHead
  private let request: Request
  private let store: BodyStore
  private let ownedBody: Mutex<Buffer?>

  init(head: RequestHead, request: Request, body: sending Buffer?, store: BodyStore) {
    self.head = head
    self.request = request
    self.store = store
    ownedBody = Mutex(body)
  }

  deinit {
    if let buffer = ownedBody.withLock({ $0.take() }) { store.give(buffer) }
    request.answer(.text(500, "The request was dropped without an answer."))
  }

  /// The body. It is the exchange's: its memory is used again when the last reference to the exchange is
  /// gone, so do not keep it longer. Empty when there is no body, or when it has been taken.
  public var body: Buffer {
    ownedBody.withLock { $0 } ?? Buffer(capacity: 0)
  }

  /// The body, to keep. It does not go back to the pool by itself.
  public func takeBody() -> Buffer {
    guard let buffer = ownedBody.withLock({ $0.take() }) else { return Buffer(capacity: 0) }
    store.letGo(of: buffer)
    return buffer
  }

  /// Gives the body back before the answer, for who has read it and still has to wait.
  public func releaseBody() {
    if let buffer = ownedBody.withLock({ $0.take() }) { store.give(buffer) }
  }

  /// Answers the request. Only the first answer counts; it goes nowhere if the server gave up waiting.
  public func respond(_ response: Response) {
    if !request.answer(response) { response.stream?.close() }
  }
}
