internal import Threads

/// A body that is written while it is sent, for an answer of unknown length. Any thread.
///
/// What is written waits here until the client takes it, up to `capacity` bytes; then writing fails, and never waits. While
/// nothing waits the connection is suspended, and so nobody notices that a client has left: who keeps a stream open writes
/// something now and then. Ended by `finish`, by the client, and by a server that stops.
public final class ResponseStream: Sendable {
  private struct State {
    var waiting: [UInt8] = []
    /// Nothing more is written; what waits still goes out.
    var isFinished = false
    /// The library is done with it.
    var isClosed = false
    var recipient: Recipient?
    var suspended: SuspendedConnection?
  }

  /// Who gets it.
  struct Recipient {
    // The library's own connection: touched on the I/O thread alone.
    nonisolated(unsafe) let mhd: OpaquePointer
    let connection: Connection
    /// How long the client may take over what it was given.
    let patience: Duration
  }

  private let capacity: Int
  // Nobody waits on it; but unlike a `Mutex` the thread sanitizer sees its lock, which alone keeps writers and reader apart.
  private let state = Condition(State())

  /// - Parameter capacity: bytes that may wait.
  public init(capacity: Int) { self.capacity = capacity }

  /// Whether what is written can still reach the client.
  public var isOpen: Bool { state.withLock { !$0.isFinished && !$0.isClosed } }

  /// Sends all of `bytes`, or nothing.
  /// - Returns: false when the stream is over, or the client is so far behind that there is no room.
  @discardableResult
  public func write(_ bytes: [UInt8]) -> Bool {
    state.withLock { state in
      guard !state.isFinished, !state.isClosed, state.waiting.count + bytes.count <= capacity else { return false }
      state.waiting += bytes
      state.suspended.take()?.resume()
      return true
    }
  }

  /// Ends the body behind what was written.
  public func finish() {
    state.withLock { state in
      state.isFinished = true
      state.suspended.take()?.resume()
    }
  }

  // MARK: I/O thread

  /// The library has the answer that this is the body of.
  func begin(_ recipient: Recipient) { state.withLock { $0.recipient = recipient } }

  /// What became of a look for more.
  enum Reading: Equatable {
    case bytes(Int)
    /// There is nothing now; the connection is suspended.
    case wait
    case end
  }

  /// Takes what waits, as much as there is room for.
  func read(into room: UnsafeMutableRawBufferPointer) -> Reading {
    state.withLock { state in
      if state.waiting.isEmpty {
        guard !state.isFinished, let recipient = state.recipient else { return .end }
        recipient.connection.setDeadline(.never)
        state.suspended = SuspendedConnection(suspending: recipient.mhd)
        return .wait
      }
      let count = min(room.count, state.waiting.count)
      room.copyBytes(from: state.waiting[..<count])
      state.waiting.removeFirst(count)
      if let recipient = state.recipient {
        recipient.connection.setDeadline(MonotonicTime.now.advanced(by: recipient.patience))
      }
      return .bytes(count)
    }
  }

  /// Nobody takes anything more.
  func close() {
    state.withLock { state in
      state.isClosed = true
      state.waiting = []
      state.recipient = nil
    }
  }
}

extension ResponseStream: Equatable {
  public static func == (left: ResponseStream, right: ResponseStream) -> Bool { left === right }
}
