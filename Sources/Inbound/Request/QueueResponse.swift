internal import CMicrohttpd

/// Hands `response` to the library. I/O thread, in a callback of the connection.
func queueResponse(_ response: Response, closing: Bool, on mhd: OpaquePointer) -> MHD_Result {
  guard let made = response.stream.map(makeStreamed) ?? makeWhole(response.body) else { return .NO }
  defer { MHD_destroy_response(made) }
  for field in response.headers {
    // Refuses what HTTP does not allow, line breaks above all.
    _ = MHD_add_response_header(made, field.name, field.value)
  }
  if closing { _ = MHD_add_response_header(made, "Connection", "close") }
  return MHD_queue_response(mhd, UInt32(response.sentStatus), made)
}

private func makeWhole(_ body: [UInt8]) -> OpaquePointer? {
  body.withUnsafeBytes { body in
    // The pointer is not const for the sake of the other modes; this one copies.
    MHD_create_response_from_buffer(
      body.count, UnsafeMutableRawPointer(mutating: body.baseAddress), .RESPMEM_MUST_COPY)
  }
}

/// The library holds the stream once more, until `onStreamEnd`.
private func makeStreamed(_ stream: ResponseStream) -> OpaquePointer? {
  let context = Unmanaged.passRetained(stream)
  let made = MHD_create_response_from_callback(
    sluice_unknown_size, streamBlock, onStreamRead, context.toOpaque(), onStreamEnd)
  if made == nil { context.release() }
  return made
}

/// Bytes that the library asks a stream for at a time.
private let streamBlock = 16 << 10

extension Response {
  /// The status as it goes out: 200 to 599.
  var sentStatus: Int { (200...599).contains(status) ? status : 500 }
}
