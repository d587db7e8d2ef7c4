internal import CGnuTLS

/// A certificate, its key and the authorities of clients, loaded: what TLS sessions are begun with. Any thread.
///
/// A server may be given others while it runs. Sessions that have begun keep theirs alive.
// @unchecked: GnuTLS only reads credentials once they are loaded.
public final class TLSCredentials: @unchecked Sendable {
  /// When the server's certificate expires, in seconds since 1970.
  public let expiry: Int
  private let handle: gnutls_certificate_credentials_t
  private let clients: gnutls_certificate_request_t

  /// - Throws: `InboundError.badCertificate` with the file at fault and GnuTLS's reason.
  public init(_ files: TLSFiles) throws(InboundError) {
    var made: gnutls_certificate_credentials_t?
    try Self.check(gnutls_certificate_allocate_credentials(&made), "TLS")
    guard let handle = made else { throw .badCertificate(file: "TLS", reason: "out of memory") }
    do throws(InboundError) {
      try Self.check(
        gnutls_certificate_set_x509_key_file2(
          handle, files.certificate, files.key, GNUTLS_X509_FMT_PEM, nil, 0),
        "\(files.certificate) with \(files.key)")
      if let authorities = files.clientAuthorities {
        let count = gnutls_certificate_set_x509_trust_file(handle, authorities, GNUTLS_X509_FMT_PEM)
        try Self.check(count, authorities)
        guard count > 0 else { throw .badCertificate(file: authorities, reason: "it holds no certificate") }
      }
      expiry = try Self.expiry(of: handle, files.certificate)
    } catch {
      gnutls_certificate_free_credentials(handle)
      throw error
    }
    self.handle = handle
    clients =
      files.clientAuthorities == nil
      ? GNUTLS_CERT_IGNORE : files.requiresClientCertificate ? GNUTLS_CERT_REQUIRE : GNUTLS_CERT_REQUEST
  }

  deinit { gnutls_certificate_free_credentials(handle) }

  /// Has `session`, whose handshake is still to come, use these. I/O thread. They must outlive the session.
  func attach(to session: gnutls_session_t) {
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(handle))
    gnutls_certificate_server_set_request(session, clients)
    if clients != GNUTLS_CERT_IGNORE { gnutls_session_set_verify_function(session, verifyClient) }
  }

  private static func expiry(
    of handle: gnutls_certificate_credentials_t, _ file: String
  ) throws(InboundError) -> Int {
    var list: UnsafeMutablePointer<gnutls_x509_crt_t?>?
    var count: UInt32 = 0
    try check(gnutls_certificate_get_x509_crt(handle, 0, &list, &count), file)
    defer {
      for index in 0..<Int(count) { gnutls_x509_crt_deinit(list?[index]) }
      sluice_gnutls_free(list)
    }
    guard count > 0, let first = list?[0] else { throw .badCertificate(file: file, reason: "it holds no certificate") }
    return gnutls_x509_crt_get_expiration_time(first)
  }

  @discardableResult
  private static func check(_ code: Int32, _ file: String) throws(InboundError) -> Int32 {
    guard code < 0 else { return code }
    throw .badCertificate(file: file, reason: String(cString: gnutls_strerror(code)))
  }
}

/// Ends the handshake of a client whose certificate does not lead to one of the authorities, is not valid now, or is for
/// another purpose than to be a client's. That one is there at all is GnuTLS's to demand.
private let verifyClient: @convention(c) (gnutls_session_t?) -> Int32 = { session in
  var count: UInt32 = 0
  guard gnutls_certificate_get_peers(session, &count) != nil, count > 0 else { return 0 }
  var purpose = Array(GNUTLS_KP_TLS_WWW_CLIENT.utf8) + [0]
  return purpose.withUnsafeMutableBufferPointer { purpose in
    var wanted = gnutls_typed_vdata_st(type: GNUTLS_DT_KEY_PURPOSE_OID, data: purpose.baseAddress, size: 0)
    var status: UInt32 = 0
    let code = gnutls_certificate_verify_peers(session, &wanted, 1, &status)
    if code < 0 { return code }
    return status == 0 ? 0 : GNUTLS_E_CERTIFICATE_ERROR
  }
}
