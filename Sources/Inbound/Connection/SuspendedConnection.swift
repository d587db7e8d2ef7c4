internal import CMicrohttpd

/// A connection that the library leaves alone until it is resumed.
// @unchecked: the library allows `resume` on any thread; nothing else is done with the pointer.
struct SuspendedConnection: @unchecked Sendable {
  private let connection: OpaquePointer

  /// I/O thread, in the callback of a request whose body is complete.
  init(suspending connection: OpaquePointer) {
    self.connection = connection
    MHD_suspend_connection(connection)
  }

  /// Once, before the server stops.
  func resume() {
    MHD_resume_connection(connection)
  }
}
