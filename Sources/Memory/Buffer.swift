/// Bytes that grow at the end, with room behind them for reads and writes that overshoot.
///
/// ```
/// base ── count ──────── capacity ── slack ──
///   │ used │    free         │ 64 bytes  │
/// ```
/// Behind `capacity` lie `Buffer.slack` bytes that may be read and overwritten but never hold
/// anything, so that copies in steps of 32 bytes and loads of 8 need no code for the tail.
///
/// One thread owns a buffer at a time. It is handed over through a lock or a queue, or shared once
/// nobody writes to it any more.
// @unchecked: the rule above; the type itself takes no lock.
public final class Buffer: @unchecked Sendable {
  /// How far a read or a write may go beyond `capacity`.
  public static let slack = 64

  // Unchecked: these are read for every label and sample, and the one owner cannot conflict with itself across a call.
  // Other modules reach them through the accessors below alone, as they would not see the attribute (Swift 6.3).
  @exclusivity(unchecked) @usableFromInline var storage: UnsafeMutablePointer<UInt8>
  @exclusivity(unchecked) @usableFromInline var used = 0
  @exclusivity(unchecked) @usableFromInline var room: Int
  /// Where the capacity is counted as taken.
  private var budget: MemoryBudget?

  public init(capacity: Int) {
    room = capacity
    storage = Self.allocate(capacity)
  }

  deinit {
    budget?.release(capacity)
    storage.deallocate()
  }

  /// Where the bytes begin. Moves whenever the buffer grows.
  @inlinable public var base: UnsafeMutablePointer<UInt8> { storage }
  /// Bytes in use.
  @inlinable public var count: Int {
    get { used }
    set { used = newValue }
  }
  /// Bytes that fit before the next growth.
  @inlinable public var capacity: Int { room }

  /// Has the capacity, also as it grows, counted in `budget` until `uncharge` or the end of the buffer.
  /// - Parameter isReserved: whether the present capacity is counted there already.
  public func charge(to budget: MemoryBudget, isReserved: Bool = false) {
    uncharge()
    if !isReserved { budget.add(capacity) }
    self.budget = budget
  }

  /// From here on the capacity is counted nowhere.
  public func uncharge() {
    budget?.release(capacity)
    budget = nil
  }

  /// Empties the buffer and, if it has grown beyond `most` bytes, gives its memory back for as many.
  public func shrink(to most: Int) {
    count = 0
    guard capacity > most else { return }
    budget?.release(capacity - most)
    storage.deallocate()
    storage = Self.allocate(most)
    room = most
  }

  /// The bytes in use, for as long as the buffer is neither changed nor released.
  @inlinable public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base, count: count)
  }

  /// Makes room for `additional` bytes behind those in use; at least doubles when it grows.
  @inlinable public func reserve(_ additional: Int) {
    if capacity &- count < additional { grow(additional) }
  }

  /// As `reserve`, but takes no more than is asked for.
  public func reserve(exactly additional: Int) {
    if capacity - count < additional { move(to: count + additional) }
  }

  @inlinable public func append(_ source: UnsafeRawBufferPointer) {
    guard let start = source.baseAddress, source.count > 0 else { return }
    reserve(source.count)
    UnsafeMutableRawPointer(base + count).copyMemory(from: start, byteCount: source.count)
    count &+= source.count
  }

  @inlinable public func append(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count &+= 1
  }

  public func append(_ text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  /// Zeroes the first bytes behind those in use, so that an 8-byte load at the end reads the same every time.
  @inlinable public func clearTail() {
    (base + count).update(repeating: 0, count: 16)
  }

  @usableFromInline @inline(never) func grow(_ additional: Int) {
    move(to: max(capacity * 2, count + additional))
  }

  private func move(to larger: Int) {
    let moved = Self.allocate(larger)
    moved.update(from: base, count: count)
    storage.deallocate()
    budget?.add(larger - room)
    storage = moved
    room = larger
  }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
    .allocate(capacity: capacity + slack)
  }
}
