internal import Inbound
internal import Model
internal import Rules

/// What routes can look at of a request, to be kept for a while. Immutable.
final class SeenRequest: Sendable {
  /// A request with more is kept without its headers.
  private static let mostHeaderBytes = 4 << 10
  /// Never kept, for they may hold what nobody else must have.
  private static let secrets: Set<String> = ["authorization", "proxy-authorization", "cookie"]

  let tenant: TenantName
  let protocolName: IngestProtocol
  let listener: [String]
  let headers: Headers
  /// Of the headers.
  let bytes: Int

  init(_ facts: RequestFacts, _ headers: Headers) {
    tenant = facts.tenant
    protocolName = facts.protocol
    listener = facts.listener
    let kept = headers.fields.filter { !Self.secrets.contains($0.name.lowercased()) }
    let bytes = kept.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    self.headers = bytes > Self.mostHeaderBytes ? Headers() : Headers(kept)
    self.bytes = bytes > Self.mostHeaderBytes ? 0 : bytes
  }

  var facts: RequestFacts {
    RequestFacts(tenant: tenant, protocol: protocolName, listener: listener) { [headers] name in
      let values = headers.values(name)
      return values.isEmpty ? nil : values.joined(separator: ", ")
    }
  }
}

/// A series that has passed.
struct SeenSeries: Sendable {
  let request: SeenRequest
  /// Label blocks, copied. The resource is nil where no route in force asked for it.
  private let labelBytes: [UInt8]
  private let resourceBytes: [UInt8]?

  init(_ request: SeenRequest, _ labels: LabelBlock, resource: LabelBlock?) {
    self.request = request
    labelBytes = Array(labels.bytes)
    resourceBytes = resource.map { Array($0.bytes) }
  }

  var bytes: Int { labelBytes.count + (resourceBytes?.count ?? 0) + request.bytes }
  var labels: [String: String] { labelBytes.withUnsafeBytes { LabelBlock($0).texts } }
  var resource: [String: String]? { resourceBytes?.withUnsafeBytes { LabelBlock($0).texts } }
}
