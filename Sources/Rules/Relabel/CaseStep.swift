/// `lowercase` and `uppercase`: sets the target to the source in the other case, character for character.
struct CaseStep: RelabelStep {
  private let source: JoinedLabels
  private let target: OwnedBytes
  private let isUpper: Bool

  init(_ config: RelabelConfig, isUpper: Bool) {
    source = JoinedLabels(config)
    target = OwnedBytes(config.targetLabel)
    self.isUpper = isUpper
  }

  func keeps(_ labels: LabelScratch) -> Bool {
    guard let text = source.value(in: labels), let changed = changed(text, in: labels) else { return true }
    labels.set(target.bytes, changed)
    return true
  }

  private func changed(_ text: UnsafeRawBufferPointer, in labels: LabelScratch) -> UnsafeRawBufferPointer? {
    // A character of two bytes may become one of three (U+023A), none grows by more than half.
    guard text.contains(where: { $0 >= 128 }) else { return ascii(text, in: labels) }
    guard let room = labels.allocate(text.count + text.count / 2) else { return nil }
    var used = 0
    var scalars = text.makeIterator()
    var decoder = UTF8()
    while case .scalarValue(let scalar) = decoder.decode(&scalars) {
      for byte in UTF8.encode(isUpper ? SimpleCase.upper(scalar) : SimpleCase.lower(scalar)) ?? .init() {
        room[used] = byte
        used += 1
      }
    }
    return UnsafeRawBufferPointer(rebasing: room[..<used])
  }

  private func ascii(_ text: UnsafeRawBufferPointer, in labels: LabelScratch) -> UnsafeRawBufferPointer? {
    guard let room = labels.allocate(text.count) else { return nil }
    let first = isUpper ? UInt8(ascii: "a") : UInt8(ascii: "A")
    for (index, byte) in text.enumerated() {
      room[index] = byte &- first < 26 ? byte ^ 0x20 : byte
    }
    return UnsafeRawBufferPointer(room)
  }
}
