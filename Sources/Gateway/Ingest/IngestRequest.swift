internal import Config
internal import Inbound
internal import Model
internal import Rules
internal import Wire

/// A request that may be taken: its head has been looked at and found right.
struct IngestRequest {
  let context: IngestContext
  let head: RequestHead
  /// Who sent it.
  let sender: Sender
  let format: WireFormat
  let compression: Compression

  enum Compression: String {
    case none = ""
    case snappy, gzip, zstd, deflate
  }

  /// Why a request is not taken, before its body is read.
  struct Refusal: Error {
    let format: WireFormat?
    let response: Response

    init(
      _ format: WireFormat?, _ status: Int, _ reason: String, retryAfter: Int? = nil, headers: [HeaderField] = [],
      fault: WireError? = nil
    ) {
      self.format = format
      response = AnswerWriter.refused(
        format, status, reason, retryAfter: retryAfter, headers: headers, fault: fault)
    }
  }

  /// Judges a request by its head: path, method, type, encoding and tenant, in this order.
  init(_ head: RequestHead, _ context: IngestContext) throws(Refusal) {
    self.context = context
    self.head = head
    guard let endpoint = IngestEndpoint(head.path) else {
      throw Refusal(nil, 404, "no such path: \(head.path.prefix(200))")
    }
    let named = WireFormat(endpoint.protocol, contentType: head.headers.first("Content-Type"))
    guard endpoint.signal == .metrics else {
      throw Refusal(named, 404, "only metrics are taken, no \(endpoint.signal)")
    }
    guard head.method == "POST" else {
      let usual = named ?? (endpoint.protocol == .otlp ? .otlpJSON : .remoteWrite)
      throw Refusal(usual, 405, "\(head.path) takes POST only", headers: [HeaderField("Allow", "POST")])
    }
    guard let named else { throw Self.unknownType(endpoint.protocol) }
    format = named
    compression = try Self.compression(head, format)
    do throws(IdentityRefusal) {
      let proofs = try context.authenticator.proofs(of: head)
      sender = try context.identity.sender(path: endpoint.tenant, proofs: proofs) { head.headers.values($0) }
    } catch {
      let challenges = error.challenges.map { HeaderField("WWW-Authenticate", $0) }
      throw Refusal(format, error.status, error.description, retryAfter: 1, headers: challenges)
    }
  }

  /// The value of a header; of one that was sent several times, all of them.
  func header(_ name: String) -> String? {
    let values = head.headers.values(name)
    return values.isEmpty ? nil : values.joined(separator: ", ")
  }

  /// The refusal of a body of no type that the protocol knows.
  private static func unknownType(_ protocolName: IngestProtocol) -> Refusal {
    switch protocolName {
    // Whoever sends neither is most likely a person, and can read JSON.
    case .otlp: Refusal(.otlpJSON, 415, "Content-Type must be application/x-protobuf or application/json")
    case .remoteWrite:
      Refusal(
        .remoteWrite, 415,
        "Content-Type must be application/x-protobuf, with proto=prometheus.WriteRequest (remote-write 1.0), "
          + "proto=io.prometheus.write.v2.Request (2.0) or none (1.0)")
    }
  }

  private static func compression(_ head: RequestHead, _ format: WireFormat) throws(Refusal) -> Compression {
    let value = (head.headers.first("Content-Encoding") ?? "").trimmed.lowercased()
    switch (format.protocolName, value) {
    case (.remoteWrite, ""), (.remoteWrite, "snappy"): return .snappy
    case (.otlp, ""), (.otlp, "identity"): return .none
    case (.otlp, "gzip"): return .gzip
    case (.otlp, "zstd"): return .zstd
    case (.otlp, "deflate"), (.otlp, "zlib"): return .deflate
    case (.remoteWrite, _): throw Refusal(format, 415, "Content-Encoding must be snappy")
    case (.otlp, _): throw Refusal(format, 415, "Content-Encoding must be gzip, zstd, deflate or none")
    }
  }
}

extension StringProtocol where UTF8View: BidirectionalCollection {
  /// Without blanks and tabs at both ends. By bytes, as going by characters takes many times as long.
  var trimmed: String {
    guard let first = utf8.firstIndex(where: { !$0.isBlank }), let last = utf8.lastIndex(where: { !$0.isBlank })
    else { return "" }
    return String(self[first..<utf8.index(after: last)])
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}
