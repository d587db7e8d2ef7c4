/// Makes blocks of what is not encoded yet. Any thread.
public protocol Packer: AnyObject, Sendable {
  /// Encodes what `contents` hold, one behind the other, as one block.
  /// - Parameter contents: loose payloads of this packer, at least one.
  func pack(_ contents: [Payload]) -> Payload
}

extension [Entry] {
  /// The same, with what is loose encoded as it is, once for all entries that share it: for a spool that joins nothing.
  public var packed: [Entry] {
    guard contains(where: \.payload.isLoose) else { return self }
    var known: [ObjectIdentifier: Payload] = [:]
    return map { entry in
      guard let packer = entry.payload.packer else { return entry }
      let id = ObjectIdentifier(entry.payload)
      var entry = entry
      entry.payload = known[id] ?? packer.pack([entry.payload])
      known[id] = entry.payload
      return entry
    }
  }
}
