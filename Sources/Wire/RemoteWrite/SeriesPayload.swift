/// What a series carries: its samples, exemplars and native histograms, read one by one from their encoded form.
///
/// For those who want to see values (a debug backend, a check). Forwarding never does.
public struct SeriesPayload: Sequence {
  public enum Item: Equatable {
    /// The value's 64 bits, and milliseconds since 1970.
    case sample(value: UInt64, timestamp: Int64)
    case exemplar(value: UInt64, timestamp: Int64)
    /// The sum's 64 bits, the observations, and milliseconds since 1970.
    case histogram(count: Double, sum: UInt64, timestamp: Int64)
  }

  private let bytes: UnsafeRawBufferPointer

  /// - Parameter bytes: the payload of a `SeriesRecord`; valid as long as its arena is not changed.
  public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  public func makeIterator() -> Iterator { Iterator(reader: WireReader(bytes)) }

  public struct Iterator: IteratorProtocol {
    private var reader: WireReader

    fileprivate init(reader: WireReader) { self.reader = reader }

    public mutating func next() -> Item? {
      // A batch holds only what its decoder found well-formed, so an error here ends the payload like its end does.
      guard let tag = try? reader.tag(), let field = try? reader.message() else { return nil }
      switch tag {
      case 0x12: return sample(field)
      case 0x1A: return exemplar(field)
      default: return histogram(field)
      }
    }

    private func sample(_ reader: WireReader) -> Item? {
      let fields = Fields(reader)
      return .sample(value: fields.fixed[1] ?? 0, timestamp: fields.timestamp(2))
    }

    private func exemplar(_ reader: WireReader) -> Item? {
      let fields = Fields(reader)
      return .exemplar(value: fields.fixed[2] ?? 0, timestamp: fields.timestamp(3))
    }

    private func histogram(_ reader: WireReader) -> Item? {
      let fields = Fields(reader)
      let count = fields.fixed[2].map(Double.init(bitPattern:)) ?? Double(fields.varints[1] ?? 0)
      return .histogram(count: count, sum: fields.fixed[3] ?? 0, timestamp: fields.timestamp(15))
    }
  }

  /// The plain fields of a message, by number.
  private struct Fields {
    var varints: [UInt32: UInt64] = [:]
    var fixed: [UInt32: UInt64] = [:]

    init(_ reader: WireReader) {
      var reader = reader
      while let tag = try? reader.tag() {
        switch tag & 7 {
        case 0: varints[tag >> 3] = try? reader.varint()
        case 1: fixed[tag >> 3] = try? reader.fixed64()
        default: guard (try? reader.skip(tag)) != nil else { return }
        }
      }
    }

    func timestamp(_ number: UInt32) -> Int64 { Int64(bitPattern: varints[number] ?? 0) }
  }
}
