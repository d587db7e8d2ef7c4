internal import Model

/// A piece of a block that is being written.
enum LabelPiece {
  /// A label on its own.
  case label(Label)
  /// Labels that stand side by side in another block, told by views into it: copied as bytes.
  case run(UnsafeRawBufferPointer)

  /// The run of the block that `first` and `last` are the ends of.
  @inline(__always) init(from first: Label, through last: Label) {
    guard let name = first.name.baseAddress, let value = last.value.baseAddress else {
      self = .label(first)
      return
    }
    let start = name - LabelEncoding.lengthBeforeName(of: first)
    self = .run(UnsafeRawBufferPointer(start: start, count: value - start + last.value.count))
  }

  @inline(__always) var size: Int {
    switch self {
    case .label(let label): LabelEncoding.length(of: label)
    case .run(let bytes): bytes.count
    }
  }

  @inline(__always) func write(to here: inout UnsafeMutablePointer<UInt8>) {
    switch self {
    case .label(let label): LabelEncoding.write(label, to: &here)
    case .run(let bytes):
      guard let source = bytes.baseAddress else { return }
      UnsafeMutableRawPointer(here).copyMemory(from: source, byteCount: bytes.count)
      here += bytes.count
    }
  }
}
