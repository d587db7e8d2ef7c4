public import JSON
import Rules

/// A configuration together with the text that it came from, as JSON: what can be changed, stored and shown again.
public struct ConfigurationDocument: Sendable {
  public let configuration: Configuration
  /// As its author wrote it, `${…}` not expanded, defaults left out. It may hold secrets: keep it to yourself.
  public var source: JSONValue {
    guard case .object(var whole) = frame else { return frame }
    if whole["routes"] != nil { whole["routes"] = .array(Array(routeSpecs)) }
    return .object(whole)
  }
  /// The source without what its routes are.
  let frame: JSONValue
  /// They, so that one can be changed without a copy of all.
  let routeSpecs: PiecewiseArray<JSONValue>
  /// Where secrets stand, and URLs that may hold one.
  let sensitive: [DocumentPath: ScalarKind]
  /// The names of the routes.
  let routeOrder: NamedOrder
  /// Of those, the ones that hide all behind them.
  let walls: Set<String>

  init(_ configuration: Configuration, source: JSONValue, sensitive: [DocumentPath: ScalarKind]) {
    var frame = source.object ?? JSONObject()
    if frame["routes"] != nil { frame["routes"] = .null }
    self.init(
      configuration, frame: .object(frame), routeSpecs: PiecewiseArray(source["routes"]?.array ?? []),
      sensitive: sensitive,
      routeOrder: NamedOrder(configuration.routes.map(\.name)),
      walls: Set(configuration.routes.filter(RouteWarnings.isWall).map(\.name)))
  }

  init(
    _ configuration: Configuration, frame: JSONValue, routeSpecs: PiecewiseArray<JSONValue>,
    sensitive: [DocumentPath: ScalarKind],
    routeOrder: NamedOrder, walls: Set<String>
  ) {
    (self.configuration, self.frame, self.routeSpecs) = (configuration, frame, routeSpecs)
    self.sensitive = sensitive
    (self.routeOrder, self.walls) = (routeOrder, walls)
  }

  /// What stands in the place of a secret.
  public static let mask = "<secret>"

  /// `part` of the source, which stands at `path`, without secrets. One that comes whole from the environment or a file is
  /// shown as the reference to it.
  public func masked(_ part: JSONValue, at path: DocumentPath = DocumentPath()) -> JSONValue {
    switch part {
    case .string(let text): return .string(sensitive[path].map { Self.masked(text, $0) } ?? text)
    case .array(let elements):
      return .array(elements.enumerated().map { masked($0.element, at: path.index($0.offset)) })
    case .object(let members):
      return .object(JSONObject(members.map { ($0.name, masked($0.value, at: path.key($0.name))) }))
    case .integer, .number, .bool, .null: return sensitive[path] == .secret && !part.isNull ? .string(Self.mask) : part
    }
  }

  /// Whether a string in it has `text`, such as `${env:NAME}`.
  public func mentions(_ text: String) -> Bool { frame.mentions(text) || routeSpecs.contains { $0.mentions(text) } }

  private static func masked(_ text: String, _ kind: ScalarKind) -> String {
    if Expansion.isReference(text) { return text }
    guard kind == .url else { return mask }
    return text.contains("?") ? text.prefix { $0 != "?" } + "?" + mask : text
  }

  /// `given` with what is masked in it taken from `part`, which stands at `path`: so that what was shown can be given back.
  public func unmasked(_ given: JSONValue, by part: JSONValue, at path: DocumentPath) -> JSONValue {
    switch (given, part) {
    case (.string(let text), _) where text.hasSuffix(Self.mask):
      return masked(part, at: path) == given ? part : given
    case (.array(let elements), .array(let parts)):
      return .array(
        elements.enumerated().map { index, element in
          guard parts.indices.contains(index) else { return element }
          return unmasked(element, by: parts[index], at: path.index(index))
        })
    case (.object(let members), .object(let parts)):
      return .object(
        JSONObject(
          members.map { name, value in
            (name, parts[name].map { unmasked(value, by: $0, at: path.key(name)) } ?? value)
          }))
    default: return given
    }
  }
}

extension JSONValue {
  fileprivate func mentions(_ text: String) -> Bool {
    switch self {
    case .string(let own): own.utf8.contains(UInt8(ascii: "$")) && own.contains(text)
    case .array(let elements): elements.contains { $0.mentions(text) }
    case .object(let members): members.contains { $0.value.mentions(text) }
    case .integer, .number, .bool, .null: false
    }
  }
}

extension Expansion {
  /// Whether `text` is one `${env:…}` or `${file:…}` and nothing else, without a default, which might be a secret itself.
  static func isReference(_ text: String) -> Bool {
    (text.hasPrefix("${env:") || text.hasPrefix("${file:")) && text.firstIndex(of: "}") == text.indices.last
      && !text.contains(":-")
  }
}
