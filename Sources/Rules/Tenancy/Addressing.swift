/// How a route makes the addressee of what it sends. Immutable, any thread.
struct Addressing: Sendable {
  private struct Header: Sendable {
    let name: String
    let value: Template
  }

  private let tenant: Template?
  private let headers: [Header]
  /// Whether two series of one request may get different addressees.
  let dependsOnSeries: Bool
  let dependsOnResource: Bool
  /// The headers of the request that are asked for.
  let requestHeaders: Set<String>

  init(_ rewrite: Route.Rewrite) throws(RuleError) {
    tenant = try rewrite.tenant.map { text throws(RuleError) in
      do throws(RuleError) { return try Template.compile(text) } catch { throw error.inside("rewrite.tenant") }
    }
    var headers: [Header] = []
    for (name, text) in rewrite.headers.sorted(by: { $0.key < $1.key }) {
      do throws(RuleError) {
        guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }), !name.isEmpty else {
          throw RuleError(reason: "is not a header name")
        }
        headers.append(Header(name: name, value: try Template.compile(text, for: .header)))
      } catch {
        throw error.inside("rewrite.headers.\(name)")
      }
    }
    self.headers = headers
    let templates = [tenant].compactMap(\.self) + headers.map(\.value)
    dependsOnSeries = templates.contains(where: \.dependsOnSeries)
    dependsOnResource = templates.contains(where: \.dependsOnResource)
    requestHeaders = Set(templates.flatMap(\.variables).filter { $0.source == .header }.map(\.name))
  }

  /// - Parameters:
  ///   - sender: the tenant of the request.
  ///   - value: the value of a variable other than that; nil when there is none.
  /// - Throws: why there is no tenant, or what of a header cannot be sent. A header that lacks a value is left out.
  func addressee(
    of sender: String, value: (Template.Variable) -> String?
  ) throws(Template.Failure) -> Addressee {
    func known(_ variable: Template.Variable) -> String? { variable.source == .tenant ? sender : value(variable) }
    var addressee = Addressee(
      tenant: try tenant.map { text throws(Template.Failure) in try text.render(value: known) } ?? sender)
    for header in headers {
      do {
        addressee.headers += "\(header.name): \(try header.value.render(value: known))\n"
      } catch {
        guard case .missing = error else { throw error }
      }
    }
    return addressee
  }
}
