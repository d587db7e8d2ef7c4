extension Identity {
  /// As `sender(path:proofs:headers:)`, for a request whose head is held as text.
  /// - Parameter values: all values of a header, its name compared without case.
  public func sender(
    path: String?, proofs: [Proof] = [], values: (String) -> [String]
  ) throws(IdentityRefusal) -> Sender {
    let segment = path.map { OwnedBytes($0) }
    var held: [OwnedBytes] = []
    defer { withExtendedLifetime((segment, held)) {} }
    return try sender(path: segment?.bytes, proofs: proofs) { name in
      let texts = values(name).map { OwnedBytes($0) }
      held += texts
      return texts.map(\.bytes)
    }
  }
}
