import Glibc
import Testing

/// Waits for what other threads bring about; after 20 seconds it is a failure.
func eventually(
  _ what: Comment, at location: SourceLocation = #_sourceLocation, _ condition: () throws -> Bool
) rethrows {
  let deadline = ContinuousClock.now + .seconds(20)
  while try !condition() {
    guard .now < deadline else {
      Issue.record(what, sourceLocation: location)
      return
    }
    usleep(1000)
  }
}
