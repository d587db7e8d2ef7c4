internal import Inbound
internal import Model
internal import Rules

/// A request that may be taken: its head has been looked at and found right.
struct IngestRequest {
  let context: IngestContext
  let head: RequestHead
  let tenant: TenantName
  let protocolName: IngestProtocol
  let compression: Compression

  enum Compression: String {
    case none = ""
    case snappy, gzip, zstd, deflate
  }

  /// Why a request is not taken, before its body is read.
  struct Refusal: Error {
    let protocolName: IngestProtocol?
    let response: Response

    init(_ protocolName: IngestProtocol?, _ status: Int, _ reason: String, headers: [HeaderField] = []) {
      self.protocolName = protocolName
      response = AnswerWriter.refused(protocolName, status, reason, headers: headers)
    }
  }

  /// Judges a request by its head: path, method, type, encoding and tenant, in this order.
  init(_ head: RequestHead, _ context: IngestContext) throws(Refusal) {
    self.context = context
    self.head = head
    guard let endpoint = IngestEndpoint(head.path), endpoint.signal == .metrics else {
      throw Refusal(nil, 404, "no such path: \(head.path.prefix(200))")
    }
    protocolName = endpoint.protocol
    guard head.method == "POST" else {
      throw Refusal(protocolName, 405, "\(head.path) takes POST only", headers: [HeaderField("Allow", "POST")])
    }
    try Self.checkType(head, protocolName)
    compression = try Self.compression(head, protocolName)
    do throws(IdentityRefusal) {
      tenant = try context.identity.tenant(path: endpoint.tenant) { head.headers.values($0) }
    } catch {
      throw Refusal(protocolName, error.status, error.description)
    }
  }

  /// The routes that may concern this request.
  var plan: Plan {
    context.table.plan(tenant: tenant, signal: .metrics, protocol: protocolName) { header($0) }
  }

  /// The value of a header; of one that was sent several times, all of them.
  func header(_ name: String) -> String? {
    let values = head.headers.values(name)
    return values.isEmpty ? nil : values.joined(separator: ", ")
  }

  private static func checkType(_ head: RequestHead, _ protocolName: IngestProtocol) throws(Refusal) {
    let value = head.headers.first("Content-Type")
    let parts = (value ?? "").split(separator: ";").map { $0.trimmed.lowercased() }
    switch protocolName {
    case .remoteWrite:
      // Remote-write 1.0 senders without a type exist; `proto=` names the message since 2.0.
      guard value == nil || parts.first == "application/x-protobuf" else {
        throw Refusal(protocolName, 415, "Content-Type must be application/x-protobuf")
      }
      for part in parts.dropFirst() where part.hasPrefix("proto=") && part != "proto=prometheus.writerequest" {
        throw Refusal(protocolName, 415, "only prometheus.WriteRequest (remote-write 1.0) is taken here")
      }
    case .otlp:
      guard parts.first == "application/x-protobuf" else {
        throw Refusal(protocolName, 415, "Content-Type must be application/x-protobuf")
      }
    }
  }

  private static func compression(
    _ head: RequestHead, _ protocolName: IngestProtocol
  ) throws(Refusal) -> Compression {
    let value = (head.headers.first("Content-Encoding") ?? "").trimmed.lowercased()
    switch (protocolName, value) {
    case (.remoteWrite, ""), (.remoteWrite, "snappy"): return .snappy
    case (.otlp, ""), (.otlp, "identity"): return .none
    case (.otlp, "gzip"): return .gzip
    case (.otlp, "zstd"): return .zstd
    case (.otlp, "deflate"), (.otlp, "zlib"): return .deflate
    case (.remoteWrite, _): throw Refusal(protocolName, 415, "Content-Encoding must be snappy")
    case (.otlp, _): throw Refusal(protocolName, 415, "Content-Encoding must be gzip, zstd, deflate or none")
    }
  }
}

extension StringProtocol {
  /// Without blanks and tabs at both ends.
  var trimmed: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
