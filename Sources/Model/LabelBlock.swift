/// A label of a series: two views into the arena, valid as long as the arena is neither changed nor released.
public struct Label {
  public var name: UnsafeRawBufferPointer
  public var value: UnsafeRawBufferPointer

  @inlinable public init(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    self.name = name
    self.value = value
  }
}

/// The labels of one series, as they stand on the wire: a run of `prometheus.TimeSeries.labels` fields.
///
/// ```
/// 0A len ┬ 0A len name ┬ 12 len value │ 0A len …
/// ```
/// This one form is hashed, compared and copied whole; a label is taken out of it only where a rule wants to
/// see it. Whoever makes a block keeps it canonical: names ascend strictly (byte order), name before value,
/// neither is empty, both are UTF-8, lengths are in shortest form. Readers rely on that and check nothing.
public struct LabelBlock: Sequence {
  public let bytes: UnsafeRawBufferPointer

  @inlinable public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  @inlinable public func makeIterator() -> Iterator {
    Iterator(position: bytes.baseAddress, end: bytes.baseAddress.map { $0 + bytes.count })
  }

  /// The value of the label called `name`, or nil.
  @inlinable public func value(of name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    for label in self where label.name.hasSameBytes(as: name) { return label.value }
    return nil
  }

  public struct Iterator: IteratorProtocol {
    @usableFromInline var position: UnsafeRawPointer?
    @usableFromInline let end: UnsafeRawPointer?

    @inlinable init(position: UnsafeRawPointer?, end: UnsafeRawPointer?) {
      self.position = position
      self.end = end
    }

    @inlinable public mutating func next() -> Label? {
      guard var here = position, let end, here < end else { return nil }
      _ = Self.length(at: &here)
      let name = Self.text(at: &here)
      let value = Self.text(at: &here)
      position = here
      return Label(name: name, value: value)
    }

    @inlinable static func text(at here: inout UnsafeRawPointer) -> UnsafeRawBufferPointer {
      let count = length(at: &here)
      defer { here += count }
      return UnsafeRawBufferPointer(start: here, count: count)
    }

    /// Steps over a tag of one byte and the length behind it.
    @inlinable static func length(at here: inout UnsafeRawPointer) -> Int {
      here += 1
      var length = 0
      var shift = 0
      while true {
        let byte = Int(here.load(as: UInt8.self))
        here += 1
        length |= (byte & 127) &<< shift
        if byte < 128 { return length }
        shift &+= 7
      }
    }
  }
}
