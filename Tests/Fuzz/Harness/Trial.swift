import CFuzz

/// One decoder and the memory that it may take.
enum Trial {
  // nonisolated(unsafe): the driver calls back on the thread that set it.
  nonisolated(unsafe) static var subject: any Decoder = RemoteWrite1()

  /// Gives it `bytes` and watches what it holds.
  static func run(_ bytes: UnsafeRawBufferPointer) {
    sluice_fuzz_begin()
    subject.take(bytes)
    let most = bytes.count * type(of: subject).mostTimes + type(of: subject).mostBytes
    let peak = sluice_fuzz_peak()
    require(peak <= most, "\(bytes.count) bytes took \(peak) bytes of memory; \(most) are allowed")
    subject.check()
  }
}
