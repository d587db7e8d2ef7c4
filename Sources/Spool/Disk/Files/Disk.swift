internal import Glibc

/// What the spool asks of a file system: few calls, each of which may fail, so that tests can have each of them fail.
protocol Disk: Sendable {
  /// Creates a folder and those above it, if they are not there.
  func createFolder(_ path: String) throws(DiskError)
  /// The names in a folder, in no order.
  func names(in folder: String) throws(DiskError) -> [String]
  /// Makes what was created, renamed and removed in a folder durable.
  func syncFolder(_ path: String) throws(DiskError)
  func open(_ path: String, _ mode: OpenMode) throws(DiskError) -> any DiskFile
  func rename(_ from: String, to: String) throws(DiskError)
  func remove(_ path: String) throws(DiskError)
}

enum OpenMode {
  case read
  case readWrite
  /// As `readWrite`; the file is made if it is not there.
  case create
}

/// An open file; closed when nobody holds it any more. Any thread.
protocol DiskFile: AnyObject, Sendable {
  var path: String { get }
  func size() throws(DiskError) -> Int
  /// Writes all pieces, one behind the other.
  /// - Throws: also when only some of it was written.
  func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int) throws(DiskError)
  /// - Returns: how many bytes there were, fewer than asked only at the end of the file.
  func readOnce(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(DiskError) -> Int
  /// Makes what was written durable.
  func sync() throws(DiskError)
  /// Makes sure that the file has this size and the disk has room for all of it.
  func allocate(_ size: Int) throws(DiskError)
  func truncate(_ size: Int) throws(DiskError)
  /// Gives the room of a range back; it reads as zeros. Does nothing where that cannot be done.
  func punchHole(_ range: Range<Int>)
  /// Where the next bytes are, from `offset` on, that were ever written; nil if there are none. `offset` where the file system
  /// does not know.
  func data(from offset: Int) -> Int?
  /// Asks for a range to be read ahead.
  func prefetch(_ range: Range<Int>)
  /// Whether this process now holds the file for itself.
  func lock() throws(DiskError) -> Bool
}

extension DiskFile {
  func data(from offset: Int) -> Int? { offset }

  /// As `readOnce`, but what the disk cannot read is asked for once more: an error of the moment must cost nothing.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(DiskError) -> Int {
    do throws(DiskError) {
      return try readOnce(into: buffer, at: offset)
    } catch {
      guard error.isDamage else { throw error }
      usleep(20_000)
      return try readOnce(into: buffer, at: offset)
    }
  }

  func write(_ bytes: [UInt8], at offset: Int) throws(DiskError) {
    let result = bytes.withUnsafeBytes { pointer in
      Result { () throws(DiskError) in try write([pointer], at: offset) }
    }
    try result.get()
  }

  /// All bytes from `offset` on, up to `count` of them.
  func bytes(at offset: Int, count: Int) throws(DiskError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(0, count))
    let result = bytes.withUnsafeMutableBytes { pointer in
      Result { () throws(DiskError) in try read(into: pointer, at: offset) }
    }
    bytes.removeSubrange(try result.get()...)
    return bytes
  }
}
