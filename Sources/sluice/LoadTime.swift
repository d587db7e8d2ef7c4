import ArgumentParser

/// A duration of the command line: `500ms`, `10s`, `1m30s`.
struct TimeOption: ExpressibleByArgument, CustomStringConvertible {
  let duration: Duration
  let description: String

  init(_ duration: Duration) {
    self.duration = duration
    description = "\(duration.components.seconds)s"
  }

  init?(argument: String) {
    let units: [Substring: Int64] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000]
    var rest = argument[...]
    var milliseconds: Int64 = 0
    repeat {
      let digits = rest.prefix { ("0"..."9").contains($0) }
      rest = rest.dropFirst(digits.count)
      let letters = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(letters.count)
      // At most 31 years.
      guard let number = Int64(digits), let unit = units[letters], number <= 1_000_000_000_000 / unit else {
        return nil
      }
      milliseconds += number * unit
    } while !rest.isEmpty
    duration = .milliseconds(milliseconds)
    description = argument
  }

  var defaultValueDescription: String { description }
}
