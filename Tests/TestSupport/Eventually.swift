import Glibc
public import Testing

/// Waits for what other threads bring about; where it has not come within `limit`, that is a failure.
public func eventually(
  _ what: Comment, within limit: Duration = .seconds(20), at location: SourceLocation = #_sourceLocation,
  _ condition: () throws -> Bool
) rethrows {
  guard try !eventually(within: limit, condition) else { return }
  Issue.record(what, sourceLocation: location)
}

/// Looks again and again until `condition` holds; false if it does not within `limit`.
public func eventually(within limit: Duration = .seconds(20), _ condition: () throws -> Bool) rethrows -> Bool {
  let deadline = ContinuousClock.now + limit
  while try !condition() {
    if .now > deadline { return try condition() }
    usleep(5000)
  }
  return true
}
