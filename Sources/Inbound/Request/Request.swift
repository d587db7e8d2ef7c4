internal import Memory
import Synchronization

/// One request from its head to the end of its answer: what the library's callbacks know it by.
///
/// ```
///   receiving ──▶ processing ──▶ answered ──▶ sending ──▶ ended
///       └───▶ discarding ─────────────────────────▲
/// ```
/// Every step but one is taken on the server's I/O thread; from `processing` to `answered` it is any thread.
/// From every stage it may go to `ended`, except from `processing`: the library leaves a suspended
/// connection alone.
final class Request: Sendable {
  enum Stage {
    /// The body arrives.
    case receiving
    /// The answer is settled, so many more bytes of the body are thrown away before it is sent.
    case discarding(Response, left: Int)
    /// The connection is suspended, the handler has the exchange.
    case processing(SuspendedConnection)
    /// The connection is resumed and will ask for this.
    case answered(Response)
    /// The library has the answer, which has this status.
    case sending(Int)
    case ended
  }

  /// What the I/O thread has to do when no more of the body is to come.
  enum Step {
    case dispatch
    case send(Response)
    case wait
  }

  /// What became of a piece of the body.
  enum Reception {
    case taken
    /// With this piece the body outgrew its limit, or the memory that is left.
    case refused(Refusal)
    /// There is more to throw away than is worth it.
    case endless
  }

  private struct State {
    var stage: Stage
    var upload: Upload
    /// What the answer is written to while it is sent.
    var stream: ResponseStream?
  }

  let connection: Connection
  /// nil when the head could not be read.
  let head: RequestHead?
  /// What the handler wants to be held until the request is over.
  private let held: Mutex<(any AnyObject & Sendable)?>
  private let state: Mutex<State>

  init(
    connection: Connection, head: RequestHead?, stage: sending Stage, upload: sending Upload,
    holding held: (any AnyObject & Sendable)? = nil
  ) {
    self.connection = connection
    self.head = head
    self.held = Mutex(held)
    state = Mutex(State(stage: stage, upload: upload))
  }

  /// Takes in a piece of the body, or throws it away when the answer is settled.
  /// - Parameters:
  ///   - bound: how many bytes behind a refusal are worth throwing away.
  ///   - retryAfter: for the sender when memory is short.
  func receive(_ bytes: UnsafeRawBufferPointer, discarding bound: Int, retryAfter: Duration) -> Reception {
    state.withLock { state in
      switch state.stage {
      case .receiving:
        switch state.upload.append(bytes) {
        case .taken: return .taken
        case .tooLong:
          state.stage = .discarding(.bodyTooLarge(limit: state.upload.limit), left: bound)
          return .refused(.bodyTooLarge)
        case .noMemory:
          state.stage = .discarding(.unavailable(noMemory, retryAfter: retryAfter), left: bound)
          return .refused(.memoryLimit)
        }
      case .discarding(let response, let left):
        guard bytes.count <= left else { return .endless }
        state.stage = .discarding(response, left: left - bytes.count)
        return .taken
      case .processing, .answered, .sending, .ended:
        return .taken
      }
    }
  }

  /// What is to be done now that the body is over; asked again after every resumption.
  func nextStep() -> Step {
    state.withLock { state in
      switch state.stage {
      case .receiving:
        return .dispatch
      case .discarding(let response, _), .answered(let response):
        state.stage = .sending(response.sentStatus)
        return .send(response)
      case .processing, .sending, .ended:
        return .wait
      }
    }
  }

  /// Suspends the connection and gives out the body: from here on the answer may come.
  func suspend(_ connection: OpaquePointer) -> Buffer? {
    state.withLock { state in
      state.stage = .processing(SuspendedConnection(suspending: connection))
      return state.upload.take()
    }
  }

  /// Settles the answer and wakes the connection. False, and nothing happens, unless the handler has the exchange.
  @discardableResult
  func answer(_ response: @autoclosure () -> Response) -> Bool {
    state.withLock { state in
      guard case .processing(let connection) = state.stage else { return false }
      let response = response()
      state.stage = .answered(response)
      state.stream = response.stream
      // With the lock held: the I/O thread cannot end the request, and so nobody can stop the library,
      // before this call is back.
      connection.resume()
      return true
    }
  }

  /// Ends an answer that is being written, so that no connection stays suspended for it.
  func endStream() { state.withLock { $0.stream }?.finish() }

  /// The library is done with the request, well or not. The status that was sent, if there was one.
  func end() -> Int? {
    held.withLock { $0 = nil }
    return state.withLock { state in
      defer { state.stage = .ended }
      state.upload.discard()
      guard case .sending(let status) = state.stage else { return nil }
      return status
    }
  }
}
