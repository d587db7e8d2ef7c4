internal import Memory
internal import Model

extension Template {
  /// The tenant as text, for what is done once a request or once a new series.
  /// - Parameter value: the value of a variable; nil when there is none.
  public func render(value: (Variable) -> String?) throws(Failure) -> String {
    let buffer = Buffer(capacity: 256)
    // Holds the values while the template reads them.
    var held: [OwnedBytes] = []
    let range = try render(to: buffer) { variable in
      guard let text = value(variable) else { return nil }
      held.append(OwnedBytes(text))
      return held.last?.bytes
    }
    return withExtendedLifetime(held) { buffer.text(range) }
  }
}

extension Buffer {
  fileprivate func text(_ range: ByteRange) -> String {
    UnsafeRawBufferPointer(start: base + range.start, count: range.count).text
  }
}
