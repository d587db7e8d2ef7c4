/// What was accepted and dropped in the same moment, before it ever was a block: it goes into the books, nowhere else.
public struct Movement: Equatable, Sendable {
  public var account: Account
  /// Empty when it was dropped before it was clear for which backend.
  public var backend: String
  public var cause: DropCause
  public var contents: Contents

  public init(account: Account, backend: String = "", cause: DropCause, contents: Contents) {
    self.account = account
    self.backend = backend
    self.cause = cause
    self.contents = contents
  }
}
