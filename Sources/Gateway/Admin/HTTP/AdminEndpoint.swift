internal import Config
internal import Inbound

/// A path of the admin API, with what each method does there.
struct AdminEndpoint: Sendable {
  /// Gives the answer, or nil when it comes later.
  typealias Handler = @Sendable (AdminAPI, AdminCall) throws(Problem) -> Response?

  /// What a method needs and does.
  struct Operation: Sendable {
    var role: Configuration.AdminToken.Role
    /// The media types that a body may have; none: there is no body.
    var bodies: [String] = []
    /// Bytes.
    var mostBodyBytes = AdminCall.mostBodyBytes
    /// Whether a body may be compressed.
    var takesEncoded = false
    var parameters: [String] = []
    var handler: Handler
  }

  /// Such as `/admin/v1/routes/{name}`.
  let template: String
  let operations: [(method: String, operation: Operation)]

  init(_ template: String, _ operations: [(String, Operation)]) {
    self.template = template
    self.operations = operations.map { (method: $0.0, operation: $0.1) }
  }

  /// HEAD is GET without the body, which the server leaves out.
  func operation(_ method: String) -> Operation? {
    let method = method == "HEAD" ? "GET" : method
    return operations.first { $0.method == method }?.operation
  }

  var allowed: String {
    let methods = operations.flatMap { $0.method == "GET" ? ["GET", "HEAD"] : [$0.method] }
    return (methods + ["OPTIONS"]).joined(separator: ", ")
  }

  /// The texts in the place of `{…}`; nil when the path is another one. Only these are percent-decoded: a path has one
  /// spelling, so that what a proxy in front lets through by its path is what happens here.
  func parts(of path: String) -> [String]? {
    let wanted = template.split(separator: "/", omittingEmptySubsequences: false)
    let given = path.split(separator: "/", omittingEmptySubsequences: false)
    guard wanted.count == given.count else { return nil }
    var parts: [String] = []
    for (wanted, given) in zip(wanted, given) {
      guard wanted.hasPrefix("{") else {
        if wanted == given { continue }
        return nil
      }
      guard let text = PercentText.decode(given), !text.isEmpty, text != ".", text != "..",
        text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") })
      else { return nil }
      parts.append(text)
    }
    return parts
  }
}

extension AdminEndpoint.Operation {
  /// For viewers too.
  static func read(_ parameters: [String] = [], _ handler: @escaping AdminEndpoint.Handler) -> Self {
    Self(role: .viewer, parameters: parameters, handler: handler)
  }

  /// Takes a body, changes nothing.
  static func ask(_ parameters: [String] = [], _ handler: @escaping AdminEndpoint.Handler) -> Self {
    Self(role: .viewer, bodies: ["application/json"], parameters: parameters, handler: handler)
  }

  /// Takes a body.
  static func write(
    _ parameters: [String] = ["dry_run"], bodies: [String] = ["application/json"],
    mostBodyBytes: Int = AdminCall.mostBodyBytes, _ handler: @escaping AdminEndpoint.Handler
  ) -> Self {
    Self(role: .admin, bodies: bodies, mostBodyBytes: mostBodyBytes, parameters: parameters, handler: handler)
  }

  /// Takes no body.
  static func act(_ parameters: [String] = [], _ handler: @escaping AdminEndpoint.Handler) -> Self {
    Self(role: .admin, parameters: parameters, handler: handler)
  }
}
