internal import CCurl

/// The requests of one thread, driven together.
// @unchecked: `wakeUp` may come from any thread, says libcurl; all else comes from the sender's thread alone.
final class Multi: @unchecked Sendable {
  private let pointer: UnsafeMutableRawPointer

  init() throws(CurlError) {
    guard CurlError.isLibraryReady, let pointer = curl_multi_init() else { throw .outOfMemory("curl_multi_init") }
    self.pointer = pointer
    try CurlError.check(
      sluice_curl_multi_set_number(pointer, CURLMOPT_PIPELINING, CURLPIPE_NOTHING), "CURLMOPT_PIPELINING")
  }

  deinit { curl_multi_cleanup(pointer) }

  /// Ends a `wait`, or the next one. Any thread.
  func wakeUp() { curl_multi_wakeup(pointer) }

  /// How many connections are kept; fewer than there are handles would have them closed and opened again.
  func keep(connections: Int) {
    _ = sluice_curl_multi_set_number(pointer, CURLMOPT_MAXCONNECTS, max(connections, 8))
  }

  func add(_ handle: EasyHandle) throws(CurlError) {
    try CurlError.check(curl_multi_add_handle(pointer, handle.pointer), "curl_multi_add_handle")
  }

  func remove(_ handle: EasyHandle) { curl_multi_remove_handle(pointer, handle.pointer) }

  /// Moves all requests on as far as they go without waiting.
  func perform() {
    var running: Int32 = 0
    curl_multi_perform(pointer, &running)
  }

  /// A request that is over, by its handle; nil when there is none (any more).
  func nextFinished() -> (handle: UnsafeMutableRawPointer, code: CURLcode)? {
    var left: Int32 = 0
    while let message = curl_multi_info_read(pointer, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
      return (handle, message.pointee.data.result)
    }
    return nil
  }

  /// Returns when something can move on, after `wakeUp`, or after `timeout`.
  func wait(_ timeout: Duration) {
    // Up to the next millisecond: a shorter wait would come back too early and spin.
    let milliseconds = (timeout / .milliseconds(1)).rounded(.up)
    curl_multi_poll(pointer, nil, 0, Int32(min(max(milliseconds, 0), 60_000)), nil)
  }
}
