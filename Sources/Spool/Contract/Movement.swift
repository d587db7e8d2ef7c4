/// What was accepted and dropped in the same moment, before it ever was a block: it goes into the books, nowhere else.
public struct Movement: Equatable, Sendable {
  public var account: Account
  /// Empty where none of the route's backends gets it.
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
