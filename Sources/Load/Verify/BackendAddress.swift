public import Outbound

/// A backend that is asked, and how its tenants are kept apart.
public struct BackendAddress: Sendable {
  /// For people.
  public let name: String
  public let kind: BackendKind
  /// Without a slash at the end.
  public let url: String
  /// Header by which the backend is told the tenant.
  public let tenantHeader: String?
  /// Label that holds the tenant, where a route has added one.
  public let tenantLabel: String?
  /// Of InfluxDB.
  public let database: String?
  /// Labels that were added on the way and are no part of what was sent.
  public let ignoredLabels: Set<String>
  public let headers: [HeaderField]

  public static let help =
    "NAME=KIND:URL[,tenant-header=NAME][,tenant-label=NAME][,db=NAME][,ignore-label=NAME][,header=NAME:VALUE]"

  /// Reads `NAME=KIND:URL` and options behind commas; see `help`.
  /// - Throws: `LoadError` that names the part at fault.
  public init(parsing text: String) throws(LoadError) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let place = try Self.pair(parts[0], "=", in: text)
    let (kind, url) = try Self.pair(place.1, ":", in: text)
    guard let kind = BackendKind(rawValue: kind) else {
      let kinds = BackendKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw LoadError("--backend \(text): no kind \"\(kind)\", there are \(kinds)")
    }
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw LoadError("--backend \(text): \"\(url)\" is no http or https URL")
    }
    var options = Options()
    for part in parts.dropFirst() {
      let (option, value) = try Self.pair(part, "=", in: text)
      try options.set(option, to: value, in: text)
    }
    name = place.0
    self.kind = kind
    self.url = Self.base(url, kind)
    tenantHeader = options.tenantHeader ?? kind.usualTenantHeader
    tenantLabel = options.tenantLabel
    database = options.database
    ignoredLabels = options.ignoredLabels
    headers = options.headers
    guard kind != .influxdb || database != nil else { throw LoadError("--backend \(text): influxdb needs db=NAME") }
  }

  /// Whether another tenant's series in an answer have gone astray.
  var keepsTenantsApart: Bool { tenantHeader != nil || tenantLabel != nil }

  private struct Options {
    var tenantHeader: String?
    var tenantLabel: String?
    var database: String?
    var ignoredLabels: Set<String> = []
    var headers: [HeaderField] = []

    mutating func set(_ option: String, to value: String, in text: String) throws(LoadError) {
      switch option {
      case "tenant-header": tenantHeader = value
      case "tenant-label": tenantLabel = value
      case "db": database = value
      case "ignore-label": ignoredLabels.insert(value)
      case "header":
        let (name, content) = try BackendAddress.pair(value[...], ":", in: text)
        let trimmed = content.drop { $0 == " " }
        guard let field = HeaderField(name, String(trimmed)) else {
          throw LoadError("--backend \(text): \"\(name)\" is no header, or its value breaks the line")
        }
        headers.append(field)
      default:
        throw LoadError("--backend \(text): no option \"\(option)\", it is \(BackendAddress.help)")
      }
    }
  }

  private static func pair(
    _ text: some StringProtocol, _ separator: Character, in whole: String
  ) throws(LoadError) -> (String, String) {
    guard let place = text.firstIndex(of: separator), place != text.startIndex,
      text.index(after: place) != text.endIndex
    else { throw LoadError("--backend \(whole): it is \(help)") }
    return (String(text[..<place]), String(text[text.index(after: place)...]))
  }

  private static func base(_ url: String, _ kind: BackendKind) -> String {
    var base = url[...]
    while base.hasSuffix("/") { base.removeLast() }
    let slashes = base.filter { $0 == "/" }.count
    return slashes == 2 ? base + kind.usualPrefix : String(base)
  }
}
