/// Where series name their own tenants. Immutable, any thread.
public struct SeriesSources: Sendable {
  struct Label: Sendable {
    let name: OwnedBytes
    /// Its place among all sources: the first that answers wins.
    let rank: Int
    /// Whether it is taken out of the series.
    let isRemoved: Bool
  }

  struct Attribute: Sendable {
    let name: OwnedBytes
    let rank: Int
  }

  let label: Label?
  let attribute: Attribute?
  /// Whether the resources of series are looked at.
  public var asksResources: Bool { attribute != nil }

  /// Nil where no source is one of series.
  init?(_ sources: [Identity.Source], removesLabel: Bool) {
    var (label, attribute): (Label?, Attribute?) = (nil, nil)
    for (rank, source) in sources.enumerated() {
      switch source {
      case .label(let name): label = Label(name: OwnedBytes(name), rank: rank, isRemoved: removesLabel)
      case .resourceAttribute(let name): attribute = Attribute(name: OwnedBytes(name), rank: rank)
      case .header, .path, .basicAuth, .bearer, .clientCertificate: break
      }
    }
    guard label != nil || attribute != nil else { return nil }
    self.label = label
    self.attribute = attribute
  }
}
