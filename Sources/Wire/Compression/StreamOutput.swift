internal import Memory

/// Asked with the bytes that a buffer is about to have; false when there is no memory for them.
public typealias MemoryAllowance = (_ bytes: Int) -> Bool

/// Where the content of a compressed stream goes, whose length nobody knows beforehand.
///
/// Up to a few MiB the buffer grows as content comes. Then the rest is counted before memory is taken for it: a body that
/// claims nothing and unfolds to gigabytes costs time, but no memory, and one that is let through gets just what it needs.
struct StreamOutput {
  private static let countedFrom = 4 << 20

  private let output: Buffer
  private let first: Int
  private let limit: Int
  private let inputLength: Int
  private let isAllowed: MemoryAllowance

  init(_ output: Buffer, limit: Int, inputLength: Int, isAllowed: @escaping MemoryAllowance) {
    self.output = output
    self.limit = limit
    self.inputLength = inputLength
    self.isAllowed = isAllowed
    first = output.count
  }

  /// Where the next bytes of content go.
  var next: UnsafeMutablePointer<UInt8> { output.base + output.count }

  /// How many bytes of content may come next, at least one: one more than the limit, so that too many are noticed.
  /// - Parameter length: the length of the whole content, found without keeping it.
  func room(length: () throws(CompressionError) -> Int) throws(CompressionError) -> Int {
    let produced = output.count - first
    if output.capacity == output.count {
      let additional =
        produced < Self.countedFrom
        ? min(max(produced, inputLength * 4, 16 << 10), Self.countedFrom, limit - produced + 1)
        : max(1, try length() - produced)
      guard isAllowed(output.count + additional) else { throw .noMemory }
      output.reserve(exactly: additional)
    }
    return min(output.capacity - output.count, limit - produced + 1)
  }

  /// Takes `count` bytes, written from `next` on, into the buffer.
  func commit(_ count: Int) throws(CompressionError) {
    output.count += count
    guard output.count - first <= limit else { throw .tooLarge(limit: limit) }
  }
}
