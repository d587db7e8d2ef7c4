internal import Config
internal import JSON
internal import Synchronization

/// What tells one configuration file from another, without its secrets; the same in every process. Any thread.
final class SourceDigest: Sendable {
  private let file: ConfigurationDocument
  /// Once somebody has asked.
  private let known = Mutex<UInt64?>(nil)

  init(_ file: ConfigurationDocument) { self.file = file }

  var value: UInt64 {
    known.withLock { known in
      let value = known ?? EntityTag.digest(file.masked(file.source).bytes())
      known = value
      return value
    }
  }
}
