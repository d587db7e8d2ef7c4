internal import CPlatform
internal import Glibc

/// A file of the real file system.
final class PosixFile: DiskFile {
  let path: String
  private let descriptor: Int32

  /// One call writes at most so much: larger ones take several times as long, a byte.
  private static let largestWrite = 1 << 20
  private static let mostPieces = 512

  init(_ descriptor: Int32, _ path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  func size() throws(DiskError) -> Int {
    let end = lseek(descriptor, 0, SEEK_END)
    guard end >= 0 else { throw error("lseek") }
    return end
  }

  func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int) throws(DiskError) {
    var offset = offset
    var vectors: [iovec] = []
    var bytes = 0
    for piece in pieces {
      var rest = piece
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.largestWrite - bytes))
        vectors.append(iovec(iov_base: UnsafeMutableRawPointer(mutating: part.baseAddress), iov_len: part.count))
        bytes += part.count
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
        guard bytes == Self.largestWrite || vectors.count == Self.mostPieces else { continue }
        try write(&vectors, bytes, at: offset)
        offset += bytes
        vectors.removeAll(keepingCapacity: true)
        bytes = 0
      }
    }
    if bytes > 0 { try write(&vectors, bytes, at: offset) }
  }

  private func write(_ vectors: inout [iovec], _ count: Int, at offset: Int) throws(DiskError) {
    var written = 0
    while written < count {
      let step = pwritev(descriptor, vectors, Int32(vectors.count), off_t(offset + written))
      if step < 0, errno == EINTR { continue }
      guard step > 0 else { throw step == 0 ? full("pwritev") : error("pwritev") }
      written += step
      guard written < count else { return }
      // A short write is a full disk most of the time: the next call says so.
      skip(step, in: &vectors)
    }
  }

  private func skip(_ count: Int, in vectors: inout [iovec]) {
    var rest = count
    while let first = vectors.first, rest >= first.iov_len {
      rest -= first.iov_len
      vectors.removeFirst()
    }
    guard rest > 0, !vectors.isEmpty else { return }
    vectors[0].iov_base += rest
    vectors[0].iov_len -= rest
  }

  func readOnce(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(DiskError) -> Int {
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let step = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      if step < 0, errno == EINTR { continue }
      guard step >= 0 else { throw error("pread") }
      if step == 0 { break }
      done += step
    }
    return done
  }

  func sync() throws(DiskError) {
    guard fdatasync(descriptor) == 0 else { throw error("fdatasync") }
  }

  func allocate(_ size: Int) throws(DiskError) {
    var code = posix_fallocate(descriptor, 0, off_t(size))
    while code == EINTR { code = posix_fallocate(descriptor, 0, off_t(size)) }
    guard code == 0 else { throw DiskError(call: "posix_fallocate", path: path, code: code) }
  }

  func truncate(_ size: Int) throws(DiskError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw error("ftruncate") }
  }

  func punchHole(_ range: Range<Int>) {
    _ = sluice_punch_hole(descriptor, Int64(range.lowerBound), Int64(range.count))
  }

  func data(from offset: Int) -> Int? {
    let found = sluice_next_data(descriptor, Int64(offset))
    if found >= 0 { return Int(found) }
    return errno == ENXIO ? nil : offset
  }

  func prefetch(_ range: Range<Int>) {
    _ = posix_fadvise(descriptor, off_t(range.lowerBound), off_t(range.count), POSIX_FADV_WILLNEED)
  }

  func lock() throws(DiskError) -> Bool {
    guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return true }
    guard errno == EWOULDBLOCK else { throw error("flock") }
    return false
  }

  private func error(_ call: String) -> DiskError { DiskError(call: call, path: path, code: errno) }
  private func full(_ call: String) -> DiskError { DiskError(call: call, path: path, code: ENOSPC) }
}
