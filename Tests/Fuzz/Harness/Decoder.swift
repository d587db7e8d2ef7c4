/// Something that reads bytes from outside.
protocol Decoder {
  static var name: String { get }
  /// How many bytes of memory one byte may take, beyond what the decoder held before.
  static var mostTimes: Int { get }
  /// And how many there may be whatever the bytes: tables that are made for the first time.
  static var mostBytes: Int { get }

  init()
  /// Reads `bytes`, whatever they are. What this takes of memory is counted.
  mutating func take(_ bytes: UnsafeRawBufferPointer)
  /// Checks what it promises of what `take` has read; that decodes and encodes once more, with memory that nobody counts.
  func check()
}

extension Decoder {
  static var mostTimes: Int { 64 }
  static var mostBytes: Int { 1 << 20 }

  func check() {}
}

/// Ends the process where a promise is broken, and says which: a precondition keeps that to itself in a release build.
func require(_ isKept: Bool, _ broken: @autoclosure () -> String) {
  if !isKept { fatalError(broken()) }
}
