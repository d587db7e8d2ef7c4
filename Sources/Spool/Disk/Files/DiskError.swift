internal import Glibc

/// A call of the file system that failed.
struct DiskError: Error, Equatable, CustomStringConvertible {
  var call: String
  var path: String
  var code: Int32

  var isFull: Bool { code == ENOSPC || code == EDQUOT }
  /// Whether it says nothing of the file: the process or the system is short of something that comes back.
  var isPassing: Bool { [EMFILE, ENFILE, ENOMEM, EINTR, EAGAIN].contains(code) }

  /// Whether the disk cannot read what was written to it.
  var isDamage: Bool { [EIO, EBADMSG, EUCLEAN].contains(code) }

  var description: String {
    "\(path): \(call): \(String(cString: strerror(code)))"
  }
}
