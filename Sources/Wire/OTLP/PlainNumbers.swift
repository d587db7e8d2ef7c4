/// Texts of doubles for `le` and `quantile`, the short ones remembered: those bounds come again with every point.
///
/// A direct-mapped table: what falls on a used place takes it. One thread.
struct PlainNumbers: ~Copyable {
  private struct Slot: BitwiseCopyable {
    var bits: UInt64 = 0
    var count: UInt64 = 0
    /// Not read by these names: room for 24 bytes of text.
    var text: (UInt64, UInt64, UInt64) = (0, 0, 0)
  }

  private static let slotCount = 1024
  private static let longest = 24
  private let slots: UnsafeMutablePointer<Slot>

  init() {
    slots = .allocate(capacity: Self.slotCount)
    slots.initialize(repeating: Slot(), count: Self.slotCount)
  }

  deinit { slots.deallocate() }

  /// Encodes the label `name` with the number as its value.
  func label(_ name: StaticString, bits: UInt64, in scratch: inout ScratchMemory) -> Fragment {
    let slot = slots + Int(truncatingIfNeeded: (bits &* 0x9E37_79B9_7F4A_7C15) &>> 54)
    if slot.pointee.count == 0 || slot.pointee.bits != bits {
      let text = NumberText.plain(Double(bitPattern: bits))
      guard text.count <= Self.longest else {
        return text.withUnsafeBytes { scratch.label(name, $0) }
      }
      slot.pointee = Slot(bits: bits, count: UInt64(text.count))
      Self.text(of: slot).copyMemory(from: text, byteCount: text.count)
    }
    return scratch.label(name, UnsafeRawBufferPointer(start: Self.text(of: slot), count: Int(slot.pointee.count)))
  }

  /// The 24 bytes behind bits and count.
  private static func text(of slot: UnsafeMutablePointer<Slot>) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(slot) + 16
  }
}
