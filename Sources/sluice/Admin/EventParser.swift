import JSON

/// Reads server-sent events as they come (the HTML standard, section 9.2), as far as Sluice sends them: each with one line of
/// JSON.
struct EventParser {
  private var line: [UInt8] = []
  private var name = "message"
  private var data: JSONValue?

  /// - Returns: false as soon as `event` does.
  mutating func take(_ bytes: UnsafeRawBufferPointer, _ event: (_ name: String, _ data: JSONValue) -> Bool) -> Bool {
    for byte in bytes {
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        continue
      }
      let text = String(decoding: line, as: UTF8.self)
      line.removeAll(keepingCapacity: true)
      if text.isEmpty {
        defer { (name, data) = ("message", nil) }
        if let data, !event(name, data) { return false }
      } else if text.hasPrefix("event: ") {
        name = String(text.dropFirst(7))
      } else if text.hasPrefix("data: ") {
        data = try? JSONValue(parsing: text.dropFirst(6).utf8)
      }
    }
    return true
  }
}
