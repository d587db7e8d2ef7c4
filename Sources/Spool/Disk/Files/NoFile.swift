/// Stands for a file that there is no room for: nothing is in it, and nothing can be written.
final class NoFile: DiskFile {
  let path: String
  private let lack: DiskError

  init(path: String, lack: DiskError) {
    self.path = path
    self.lack = lack
  }

  func size() -> Int { 0 }
  func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int) throws(DiskError) { throw lack }
  func readOnce(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int { 0 }
  func sync() {}
  func allocate(_ size: Int) throws(DiskError) { throw lack }
  func truncate(_ size: Int) {}
  func punchHole(_ range: Range<Int>) {}
  func prefetch(_ range: Range<Int>) {}
  func lock() throws(DiskError) -> Bool { throw lack }
}
