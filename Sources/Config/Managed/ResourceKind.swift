/// The parts of a configuration whose members can be made, changed and removed one by one while it is in force.
public enum ResourceKind: String, CaseIterable, Hashable, Sendable {
  case routes
  case backends
  case tenants

  /// Whether the members stand in a list, and carry their names; else they are the values of a mapping.
  public var isList: Bool { self == .routes }

  /// Such as `route`.
  public var singular: String { String(rawValue.dropLast()) }
}

/// What one member of such a part is called.
public struct ResourceName: Hashable, Sendable {
  public let kind: ResourceKind
  public let name: String

  public init(_ kind: ResourceKind, _ name: String) { (self.kind, self.name) = (kind, name) }
}

/// One member of such a part.
public struct Resource: Equatable, Sendable {
  public let kind: ResourceKind
  public let name: String
  /// Where it stands in its document.
  public let path: DocumentPath
}
