internal import CCurl
internal import Spool

/// A handle and what it carries. It belongs to the endpoint it was made for, and serves one request after the
/// other.
final class Transfer {
  let handle: EasyHandle
  let endpoint: Endpoint
  // The backend in it is the one of the request's start, whatever was configured since.
  private var departure: Departure?
  private var wasRepeated = false

  /// Answers beyond this are cut off.
  private static let largestAnswer = 64 << 10

  init(endpoint: Endpoint, userAgent: String) throws(CurlError) {
    self.endpoint = endpoint
    handle = try EasyHandle(userAgent: userAgent, largestBody: Self.largestAnswer)
    try handle.aim(at: endpoint)
  }

  var backendName: String? { departure?.run.lane.backend }

  func load(_ departure: Departure) throws(CurlError) {
    self.departure = departure
    wasRepeated = false
    try handle.post(departure.body.bytes, headers: departure.headers)
  }

  /// After a kept connection turned out to be closed: readies the same again, once, on a connection of its own.
  /// - Returns: whether to send again.
  func repeatsAtOnce(after code: CURLcode) -> Bool {
    guard let departure, !wasRepeated, handle.metStaleConnection(code) else { return false }
    wasRepeated = true
    do {
      try handle.post(departure.body.bytes, headers: departure.headers)
      try handle.avoidReuse()
      return true
    } catch {
      return false
    }
  }

  /// Lets go of what was carried.
  func unload() -> Departure? {
    handle.endRequest()
    defer { departure = nil }
    return departure
  }
}
