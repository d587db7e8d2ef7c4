/// A label as Prometheus has it.
public struct SeriesLabel: Hashable, Sendable {
  public let name: String
  public let value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension [SeriesLabel] {
  /// In the order of the wire: by the bytes of the name. Swift's own order of strings is another one.
  func inWireOrder() -> [SeriesLabel] {
    sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}
