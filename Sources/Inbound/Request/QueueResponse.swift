internal import CMicrohttpd

/// Hands `response` to the library. I/O thread, in a callback of the connection.
func queueResponse(_ response: Response, closing: Bool, on mhd: OpaquePointer) -> MHD_Result {
  let made = response.body.withUnsafeBytes { body in
    // The pointer is not const for the sake of the other modes; this one copies.
    MHD_create_response_from_buffer(
      body.count, UnsafeMutableRawPointer(mutating: body.baseAddress), .RESPMEM_MUST_COPY)
  }
  guard let made else { return .NO }
  defer { MHD_destroy_response(made) }
  for field in response.headers {
    // Refuses what HTTP does not allow, line breaks above all.
    _ = MHD_add_response_header(made, field.name, field.value)
  }
  if closing { _ = MHD_add_response_header(made, "Connection", "close") }
  return MHD_queue_response(mhd, UInt32(response.sentStatus), made)
}

extension Response {
  /// The status as it goes out: 200 to 599.
  var sentStatus: Int { (200...599).contains(status) ? status : 500 }
}
