import Memory
import Outbound
import Spool

/// Takes payloads of text apart by words, each of which ends with a blank.
struct WordSplitter: Splitter {
  func boundaries(of payload: Payload) -> [Int]? {
    guard let text = text(of: payload) else { return nil }
    return [0] + text.utf8.enumerated().filter { $0.element == UInt8(ascii: " ") }.map { $0.offset + 1 }
  }

  func cut(_ payload: Payload, _ ranges: [Range<Int>]) -> [Payload]? {
    guard let text = text(of: payload) else { return nil }
    return ranges.map { range in
      let part = Array(text.utf8)[range]
      return OutboundTests.payload(
        String(decoding: part, as: UTF8.self), samples: part.count { $0 == UInt8(ascii: " ") })
    }
  }

  /// The words that stand in the answer behind `word=`.
  func items(namedBy reason: String, in payload: Payload) -> [Range<Int>] {
    guard let named = reason.split(separator: "word=").dropFirst().first, let boundaries = boundaries(of: payload),
      let text = text(of: payload)
    else { return [] }
    return zip(boundaries, boundaries.dropFirst()).map { $0..<$1 }.filter {
      String(decoding: Array(text.utf8)[$0].dropLast(), as: UTF8.self) == named
    }
  }

  private func text(of payload: Payload) -> String? {
    decode(lengthOf(payload) + Array(payload.bytes))
  }

  private func lengthOf(_ payload: Payload) -> [UInt8] {
    var rest = payload.rawBytes
    var bytes: [UInt8] = []
    while rest >= 128 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}

extension BackendRegistry {
  /// With a `remote_write` that takes words apart.
  static var ofWords: BackendRegistry {
    let registry = BackendRegistry()
    registry.register("remote_write") { options throws(BackendError) in
      try RemoteWriteBackend(options, splitter: WordSplitter())
    }
    return registry
  }
}

/// Words with numbers, each with a blank behind it.
func words(_ range: Range<Int>) -> String { range.map { "w\($0) " }.joined() }
