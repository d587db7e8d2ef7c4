internal import Config
internal import Inbound

extension TLSCredentials {
  /// Loads what `tls` names; nil where an address has none.
  /// - Parameter place: what the address is called in an error, such as `admin`.
  static func load(_ tls: Configuration.ServerTLS?, of place: String) throws(GatewayError) -> TLSCredentials? {
    guard let tls else { return nil }
    var files = TLSFiles(certificate: tls.certFile, key: tls.keyFile)
    files.clientAuthorities = tls.clientCAFile
    files.requiresClientCertificate = tls.clientAuth == .required
    do throws(InboundError) { return try TLSCredentials(files) } catch {
      throw GatewayError("\(place).tls: \(error)")
    }
  }
}
