/// What a rule looks at: the values of its source labels with a separator between them.
struct JoinedLabels: Sendable {
  private let names: [OwnedBytes]
  private let separator: OwnedBytes

  init(_ config: RelabelConfig) {
    names = config.sourceLabels.map { OwnedBytes($0) }
    separator = OwnedBytes(config.separator)
  }

  /// The joined values: a view where there is one label, else made in `labels`. Nil when the series would be too large.
  func value(in labels: LabelScratch) -> UnsafeRawBufferPointer? {
    switch names.count {
    case 0: UnsafeRawBufferPointer(start: nil, count: 0)
    case 1: labels.get(names[0].bytes)
    default: join(labels)
    }
  }

  private func join(_ labels: LabelScratch) -> UnsafeRawBufferPointer? {
    var size = separator.count * (names.count - 1)
    for name in names { size += labels.get(name.bytes).count }
    guard let room = labels.allocate(size) else { return nil }
    var used = 0
    for (index, name) in names.enumerated() {
      if index > 0 { Self.append(separator.bytes, to: room, &used) }
      Self.append(labels.get(name.bytes), to: room, &used)
    }
    return UnsafeRawBufferPointer(room)
  }

  private static func append(
    _ piece: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer, _ used: inout Int
  ) {
    UnsafeMutableRawBufferPointer(rebasing: room[used...]).copyMemory(from: piece)
    used += piece.count
  }
}
