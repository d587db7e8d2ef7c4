internal import Spool

/// The headers that a route has the blocks of a lane sent with.
enum LaneHeaders {
  /// The fields of `lane`, but for those whose names are `taken`: what Sluice or the backend's own configuration says
  /// holds, also against blocks that were stored under another configuration.
  /// - Parameter taken: names in lower case.
  /// - Returns: nil when a line is no header; it would break out of its place.
  static func fields(of lane: LaneKey, besides taken: Set<String>) -> [HeaderField]? {
    guard !lane.headers.isEmpty else { return [] }
    var fields: [HeaderField] = []
    // By bytes: to Swift, CR and LF are one character.
    for line in lane.headers.utf8.split(separator: UInt8(ascii: "\n")) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
      let value = line[colon...].dropFirst().drop { $0 == UInt8(ascii: " ") }
      guard
        let field = HeaderField(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
      else { return nil }
      if !taken.contains(field.name.lowercased()) { fields.append(field) }
    }
    return fields
  }
}
