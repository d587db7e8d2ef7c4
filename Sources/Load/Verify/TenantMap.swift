/// Under which tenant a backend has what was sent as another one.
public struct TenantMap: Equatable, Sendable {
  private var names: [String: String] = [:]

  public init() {}

  /// Reads `SENT=STORED`, one for each tenant that a route renames.
  public init(parsing texts: [String]) throws(LoadError) {
    for text in texts {
      guard let place = text.firstIndex(of: "="), place != text.startIndex, text.index(after: place) != text.endIndex
      else { throw LoadError("--tenant-map \(text): it is SENT=STORED") }
      names[String(text[..<place])] = String(text[text.index(after: place)...])
    }
  }

  public subscript(sent: String) -> String { names[sent] ?? sent }
}
