internal import CGnuTLS
internal import CMicrohttpd
import Glibc

// The library's callbacks, all on the I/O thread. They capture nothing; `context` is the server's `Intake`,
// which outlives the thread. A connection and a request are each retained once, in the pointer the library
// keeps for them, and released in the callback that says it is over.

let onConnection: MHD_NotifyConnectionCallback = { context, mhd, slot, event in
  guard let intake = intake(context), let mhd, let slot else { return }
  if event == .CONNECTION_NOTIFY_STARTED {
    slot.pointee = Unmanaged.passRetained(intake.opened(mhd)).toOpaque()
  } else if let raw = slot.pointee {
    slot.pointee = nil
    intake.closed(Unmanaged<Connection>.fromOpaque(raw).takeRetainedValue())
  }
}

typealias FirstLineCallback =
  @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer?

let onFirstLine: FirstLineCallback = { context, target, mhd in
  if let intake = intake(context), let connection = connection(of: mhd) {
    intake.firstLine(target: target, on: connection)
  }
  return nil
}

typealias UnescapeCallback =
  @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<CChar>?) -> Int

/// Leaves the target and the query as they came.
let leaveEscaped: UnescapeCallback = { _, _, text in
  text.map { strlen($0) } ?? 0
}

let onRequest: MHD_AccessHandlerCallback = { context, mhd, _, method, version, data, size, slot in
  guard let intake = intake(context), let mhd, let size, let slot else { return .NO }
  guard let raw = slot.pointee else {
    guard let connection = connection(of: mhd) else { return .NO }
    let (request, result) = intake.begin(mhd, on: connection, method: method, version: version)
    slot.pointee = Unmanaged.passRetained(request).toOpaque()
    return result
  }
  return Unmanaged<Request>.fromOpaque(raw)._withUnsafeGuaranteedRef { request in
    guard size.pointee > 0 else { return intake.proceed(request, mhd) }
    let bytes = UnsafeRawBufferPointer(start: data, count: size.pointee)
    size.pointee = 0
    return intake.receive(bytes, of: request) ? .YES : .NO
  }
}

let onStreamRead: MHD_ContentReaderCallback = { context, _, room, size in
  guard let context, let room else { return sluice_end_of_stream }
  return Unmanaged<ResponseStream>.fromOpaque(context)._withUnsafeGuaranteedRef { stream in
    switch stream.read(into: UnsafeMutableRawBufferPointer(start: room, count: size)) {
    case .bytes(let count): count
    case .wait: 0
    case .end: sluice_end_of_stream
    }
  }
}

let onStreamEnd: MHD_ContentReaderFreeCallback = { context in
  guard let context else { return }
  Unmanaged<ResponseStream>.fromOpaque(context).takeRetainedValue().close()
}

typealias CertificateCallback =
  @convention(c) (
    gnutls_session_t?, UnsafePointer<gnutls_datum_t>?, Int32, UnsafePointer<gnutls_pk_algorithm_t>?, Int32,
    UnsafeMutablePointer<UnsafeMutablePointer<gnutls_pcert_st>?>?, UnsafeMutablePointer<UInt32>?,
    UnsafeMutablePointer<gnutls_privkey_t?>?
  ) -> Int32

/// The library wants to have a certificate before it starts. Sessions get theirs from `Intake.opened`, so that it can
/// change under a running server; one that got none must not come to be.
let noCertificate: CertificateCallback = { _, _, _, _, _, _, _, _ in -1 }

/// Also when the client has vanished, and for heads that never became a request of ours.
let onEnd: MHD_RequestCompletedCallback = { context, mhd, slot, _ in
  guard let intake = intake(context), let mhd, let slot, let connection = connection(of: mhd) else { return }
  let request = slot.pointee.map { Unmanaged<Request>.fromOpaque($0).takeRetainedValue() }
  slot.pointee = nil
  intake.ended(request, mhd, on: connection)
}

private func intake(_ context: UnsafeMutableRawPointer?) -> Intake? {
  context.map { Unmanaged<Intake>.fromOpaque($0).takeUnretainedValue() }
}

private func connection(of mhd: OpaquePointer?) -> Connection? {
  sluice_socket_context(mhd).map { Unmanaged<Connection>.fromOpaque($0).takeUnretainedValue() }
}
