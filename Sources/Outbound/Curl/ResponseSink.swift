/// Takes an answer's body as it comes, up to a limit. Owned by one handle, on the thread that drives it.
final class ResponseSink {
  private(set) var body: [UInt8] = []
  /// Bytes that came, those beyond the limit included.
  private(set) var received = 0
  let limit: Int
  /// Gets the body in the place of `body`, piece by piece; false ends the transfer.
  var consumer: ((UnsafeRawBufferPointer) -> Bool)?

  init(limit: Int) { self.limit = limit }

  var isOverflowing: Bool { received > limit }

  func reset() {
    body.removeAll(keepingCapacity: true)
    received = 0
  }

  /// - Returns: how much was taken; less than all ends the transfer.
  func take(_ bytes: UnsafeRawBufferPointer) -> Int {
    received += bytes.count
    if let consumer { return consumer(bytes) ? bytes.count : 0 }
    let room = limit - body.count
    body.append(contentsOf: bytes.prefix(room))
    return min(bytes.count, room)
  }

  /// What libcurl calls; the context is the sink, unretained: the handle's owner holds it.
  static let writer: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
    bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let sink = Unmanaged<ResponseSink>.fromOpaque(context).takeUnretainedValue()
    return sink.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
  }
}
