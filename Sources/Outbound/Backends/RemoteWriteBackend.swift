internal import Spool

/// Prometheus remote-write 1.0: snappy-compressed `prometheus.WriteRequest`s over HTTP.
///
/// Payloads are snappy elements without the length; consecutive ones make one request.
public struct RemoteWriteBackend: Backend {
  public let endpoint: Endpoint?
  public let splitter: (any Splitter)?
  private let tenantHeader: String?
  /// Headers that no route may set, in lower case.
  private let ownHeaders: Set<String>

  /// - Throws: what is wrong with the options.
  public init(_ options: BackendOptions, splitter: (any Splitter)? = nil) throws(BackendError) {
    try self.init(options, splitter: splitter, observing: [])
  }

  /// - Parameter observed: the headers of answers that whoever judges them wants to see.
  init(
    _ options: BackendOptions, splitter: (any Splitter)?, observing observed: [String]
  ) throws(BackendError) {
    self.splitter = splitter
    var reserved = ["Content-Type", "X-Prometheus-Remote-Write-Version"]
    if let name = options.tenantHeader {
      guard HeaderField(name, "") != nil else { throw BackendError("tenant_header", "is no name of a header") }
      reserved.append(name)
    }
    tenantHeader = options.tenantHeader
    endpoint = try Endpoint(
      options, adding: [HeaderField("Content-Encoding", "snappy")].compactMap(\.self), reserving: reserved,
      observing: observed)
    let own = reserved + Endpoint.reserved + options.headers.keys + Self.others + SigV4.headers
    ownHeaders = Set(own.map { $0.lowercased() })
  }

  private static let others = ["Content-Encoding", "Authorization", "Host", "User-Agent"]

  public var protocolVersion: String? { "1.0" }

  public func prepare(_ shipment: Shipment) -> Preparation {
    let headers: [HeaderField]
    switch self.headers(of: shipment, version: .first) {
    case .success(let fields): headers = fields
    case .failure(let refusal): return .finished(refusal.verdict)
    }
    guard let body = SnappyBody.make(of: shipment.payloads, buffers: shipment.buffers) else {
      return .finished(.refused(status: 0, reason: "larger than 4 GiB once decoded", fault: .size))
    }
    return .request(headers: headers, body: body)
  }

  /// What a shipment is sent with, or why it cannot be.
  func headers(of shipment: Shipment, version: Version) -> Result<[HeaderField], Unsendable> {
    var headers = version.headers
    if let tenantHeader, !shipment.lane.tenant.isEmpty {
      guard let field = HeaderField(tenantHeader, shipment.lane.tenant) else {
        return .failure(Unsendable(reason: "the tenant has characters that no header can carry"))
      }
      headers.append(field)
    }
    guard let fields = LaneHeaders.fields(of: shipment.lane, besides: ownHeaders) else {
      return .failure(Unsendable(reason: "the headers of its route are none that can be sent"))
    }
    headers += fields
    if shipment.failures > 0, let field = HeaderField("Retry-Attempt", "\(shipment.failures)") { headers.append(field) }
    return .success(headers)
  }

  /// Why the backend was not even asked.
  struct Unsendable: Error {
    var reason: String
    var verdict: Verdict { .refused(status: 0, reason: reason, fault: .request) }
  }

  enum Version {
    case first, second

    fileprivate var headers: [HeaderField] {
      switch self {
      case .first: Self.ofFirst
      case .second: Self.ofSecond
      }
    }

    // Without `proto=`: servers that compare the whole header exist.
    private static let ofFirst = fields("application/x-protobuf", "0.1.0")
    private static let ofSecond = fields("application/x-protobuf;proto=io.prometheus.write.v2.Request", "2.0.0")

    private static func fields(_ type: String, _ version: String) -> [HeaderField] {
      [HeaderField("Content-Type", type), HeaderField("X-Prometheus-Remote-Write-Version", version)]
        .compactMap(\.self)
    }
  }
}
