internal import Memory

/// Attributes of a resource or a data point, encoded once and written many times. A value: any thread.
public struct OTLPAttributes: Sendable {
  public enum Value: Sendable {
    case text(String)
    case integer(Int64)
  }

  /// `KeyValue` messages without their tag, which differs from one kind of data point to the next.
  let messages: [[UInt8]]

  public init(_ attributes: [(key: String, value: Value)]) {
    messages = attributes.map(Self.message)
  }

  private static func message(key: String, value: Value) -> [UInt8] {
    let out = Buffer(capacity: 64)
    out.append(tag: 0x0A, text: key)
    let start = out.beginMessage(tag: 0x12)
    switch value {
    case .text(let text): out.append(tag: 0x0A, text: text)
    case .integer(let number): out.append(tag: 0x18, varint: UInt64(bitPattern: number))
    }
    out.endMessage(start)
    return Array(out.bytes)
  }
}

extension Buffer {
  func append(tag: UInt32, _ attributes: OTLPAttributes) {
    for message in attributes.messages {
      message.withUnsafeBytes { append(tag: tag, bytes: $0) }
    }
  }
}
