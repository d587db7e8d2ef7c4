internal import Spool

/// Prometheus remote-write 1.0: snappy-compressed `prometheus.WriteRequest`s over HTTP.
///
/// Payloads are snappy elements without the length; consecutive ones make one request.
public struct RemoteWriteBackend: Backend {
  public let endpoint: Endpoint?
  private let tenantHeader: String?

  /// - Throws: what is wrong with the options.
  public init(_ options: BackendOptions) throws(BackendError) {
    var reserved: [String] = []
    if let name = options.tenantHeader {
      guard HeaderField(name, "") != nil else { throw BackendError("tenant_header", "is no name of a header") }
      reserved = [name]
    }
    tenantHeader = options.tenantHeader
    endpoint = try Endpoint(options, adding: Self.headers, reserving: reserved)
  }

  public func prepare(_ shipment: Shipment) -> Preparation {
    var headers: [HeaderField] = []
    if let tenantHeader, !shipment.lane.tenant.isEmpty {
      guard let field = HeaderField(tenantHeader, shipment.lane.tenant) else {
        return .finished(.refused(status: 0, reason: "the tenant has characters that no header can carry"))
      }
      headers.append(field)
    }
    if shipment.failures > 0, let field = HeaderField("Retry-Attempt", "\(shipment.failures)") { headers.append(field) }
    guard let body = SnappyBody.make(of: shipment.payloads, buffers: shipment.buffers) else {
      return .finished(.refused(status: 0, reason: "larger than 4 GiB once decoded"))
    }
    return .request(headers: headers, body: body)
  }

  private static let headers = [
    HeaderField("Content-Encoding", "snappy"),
    HeaderField("Content-Type", "application/x-protobuf"),
    HeaderField("X-Prometheus-Remote-Write-Version", "0.1.0"),
  ].compactMap(\.self)
}
