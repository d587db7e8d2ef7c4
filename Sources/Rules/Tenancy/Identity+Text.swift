extension Identity {
  /// As `tenant(path:headers:)`, for a request whose head is held as text.
  /// - Parameter values: all values of a header, its name compared without case.
  public func tenant(path: String?, values: (String) -> [String]) throws(IdentityRefusal) -> TenantName {
    let segment = path.map { OwnedBytes($0) }
    var held: [OwnedBytes] = []
    defer { withExtendedLifetime((segment, held)) {} }
    return try tenant(path: segment?.bytes) { name in
      let texts = values(name).map { OwnedBytes($0) }
      held += texts
      return texts.map(\.bytes)
    }
  }
}
