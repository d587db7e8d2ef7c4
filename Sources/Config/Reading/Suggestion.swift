/// The guess at what was meant by a name that is not known.
enum Suggestion {
  /// What is likely meant by a key that is not known.
  static func key(for name: String, among known: [String]) -> String? {
    closest(to: name, among: known) ?? OtherPrograms.keys[name]?.first { known.contains($0) }
  }

  /// The nearest of `names`, when it is so near that a slip explains the difference; the first of equally near ones.
  static func closest(to name: String, among names: [String]) -> String? {
    let nearest = names.map { (name: $0, distance: distance(name, $0)) }.min { $0.distance < $1.distance }
    let length = name.unicodeScalars.count
    guard let nearest, nearest.distance <= max(1, length / 3), nearest.distance < length else { return nil }
    return nearest.name
  }

  /// `; did you mean "x"?`, or nothing.
  static func question(_ suggestion: String?) -> String {
    suggestion.map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// `; known here: a, b`, or nothing where they are too many to be read.
  static func choice(_ names: [String]) -> String {
    names.count > 16 ? "" : "; known here: \(names.joined(separator: ", "))"
  }

  /// Insertions, deletions, exchanges and swaps of neighbours that turn one into the other, without regard to case.
  static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased().unicodeScalars)
    let right = Array(right.lowercased().unicodeScalars)
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for i in left.indices {
      var row = [i + 1]
      for j in right.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[right.count]
  }
}
