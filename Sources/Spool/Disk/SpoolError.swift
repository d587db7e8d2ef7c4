/// Why a spool cannot be opened, or an append was lost.
public enum SpoolError: Error, Equatable, CustomStringConvertible {
  /// Another process has it open.
  case locked(directory: String)
  /// It was written by a newer version.
  case format(directory: String, found: Int)
  /// The file system refused something.
  case disk(String)
  /// The system had no thread to give.
  case noThread

  public var description: String {
    switch self {
    case .locked(let directory):
      "\(directory): another process has this spool open; each gateway needs a data_dir of its own"
    case .format(let directory, let found):
      "\(directory): the spool has format \(found), which this version does not know; a newer one wrote it"
    case .disk(let text): text
    case .noThread: "no thread for the spool"
    }
  }
}
