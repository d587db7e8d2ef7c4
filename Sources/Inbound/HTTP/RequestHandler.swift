/// What becomes of a request whose head has arrived.
public enum Admission: Sendable {
  /// The body is read, up to so many bytes or the listener's limit, whichever is less; then a worker gets the exchange.
  /// What is to be held is let go when the request is over, however it ends.
  case accept(maxBodyBytes: Int = .max, holding: (any AnyObject & Sendable)? = nil)
  /// This is the answer. Nobody sees the body: a short one is read and thrown away, for a longer one
  /// the connection is closed behind the answer.
  case answer(Response)
}

/// What a server asks of those who use it.
public protocol RequestHandler: Sendable {
  /// Decides on a request by its head, before a byte of the body is read. Called on the one thread that
  /// does the input and output of all connections: it must not block, and what it costs is not spread.
  func admit(_ head: RequestHead) -> Admission

  /// The worker of one worker thread, made on that thread and used nowhere else.
  func makeWorker(index: Int) -> any RequestWorker
}

/// What runs on a worker thread. It may keep memory from one exchange to the next without a lock.
public protocol RequestWorker: AnyObject {
  /// Sees to it that the exchange is answered, now or later, here or on any other thread. May block.
  func process(_ exchange: Exchange)
}
