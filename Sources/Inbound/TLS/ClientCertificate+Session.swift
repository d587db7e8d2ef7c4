internal import CGnuTLS

extension ClientCertificate {
  /// The certificate that the client of `session` has shown, after the handshake; nil when it has shown none.
  ///
  /// Names with a zero or a control character in them are left out: they are made to be read in two ways.
  init?(of session: gnutls_session_t) {
    var count: UInt32 = 0
    guard let chain = gnutls_certificate_get_peers(session, &count), count > 0 else { return nil }
    var made: gnutls_x509_crt_t?
    guard gnutls_x509_crt_init(&made) >= 0, let certificate = made else { return nil }
    defer { gnutls_x509_crt_deinit(certificate) }
    guard gnutls_x509_crt_import(certificate, chain, GNUTLS_X509_FMT_DER) >= 0 else { return nil }
    self.init()
    readSubject(certificate)
    readAlternatives(certificate)
  }

  private mutating func readSubject(_ certificate: gnutls_x509_crt_t) {
    commonNames = Self.texts { index, room, size in
      gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, UInt32(index), 0, room, size)
    }.map(\.text)
  }

  private mutating func readAlternatives(_ certificate: gnutls_x509_crt_t) {
    let names = Self.texts { index, room, size in
      gnutls_x509_crt_get_subject_alt_name(certificate, UInt32(index), room, size, nil)
    }
    for (kind, text) in names {
      switch kind {
      case Int32(GNUTLS_SAN_DNSNAME.rawValue): dnsNames.append(text)
      case Int32(GNUTLS_SAN_URI.rawValue): uris.append(text)
      case Int32(GNUTLS_SAN_RFC822NAME.rawValue): emailAddresses.append(text)
      default: break
      }
    }
  }

  private static let mostNames = 64
  private static let mostBytes = 1024

  /// All names that `read` gives, with what it returns for each, up to a number and a length that no honest one reaches.
  private static func texts(
    _ read: (Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>) -> Int32
  ) -> [(kind: Int32, text: String)] {
    var found: [(Int32, String)] = []
    withUnsafeTemporaryAllocation(byteCount: mostBytes, alignment: 1) { room in
      for index in 0..<mostNames {
        var size = room.count
        let kind = read(index, room.baseAddress, &size)
        if kind == GNUTLS_E_SHORT_MEMORY_BUFFER { continue }
        if kind < 0 { break }
        let bytes = room[..<size].last == 0 && kind == 0 ? room[..<(size - 1)] : room[..<size]
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { continue }
        if let text = String(validating: bytes, as: UTF8.self), !text.isEmpty { found.append((kind, text)) }
      }
    }
    return found
  }
}
