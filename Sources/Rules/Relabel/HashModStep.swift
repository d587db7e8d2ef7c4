/// `hashmod`: sets the target to a number below the modulus that depends on the source alone.
struct HashModStep: RelabelStep {
  private let source: JoinedLabels
  private let target: OwnedBytes
  private let modulus: UInt64

  init(_ config: RelabelConfig) {
    source = JoinedLabels(config)
    target = OwnedBytes(config.targetLabel)
    modulus = config.modulus
  }

  func keeps(_ labels: LabelScratch) -> Bool {
    guard let text = source.value(in: labels) else { return true }
    guard let digits = Self.decimal(MD5.lastEight(text) % modulus, in: labels) else { return true }
    labels.set(target.bytes, digits)
    return true
  }

  private static func decimal(_ number: UInt64, in labels: LabelScratch) -> UnsafeRawBufferPointer? {
    guard let room = labels.allocate(20) else { return nil }
    var start = room.count
    var rest = number
    repeat {
      start -= 1
      room[start] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    } while rest > 0
    return UnsafeRawBufferPointer(rebasing: room[start...])
  }
}
