/// What changes from one text to another, line by line.
enum LineDifference {
  /// `- old`, `+ new` and `  kept` lines; empty when the texts are the same.
  static func lines(from old: String, to new: String) -> [String] {
    let old = old.split(separator: "\n").map(String.init)
    let new = new.split(separator: "\n").map(String.init)
    let difference = new.difference(from: old)
    guard !difference.isEmpty else { return [] }
    let removed = Set(difference.removals.map(\.offset))
    let added = Set(difference.insertions.map(\.offset))
    var (lines, left, right): ([String], Int, Int) = ([], 0, 0)
    while left < old.count || right < new.count {
      if removed.contains(left), left < old.count {
        lines.append("- " + old[left])
        left += 1
      } else if added.contains(right), right < new.count {
        lines.append("+ " + new[right])
        right += 1
      } else {
        lines.append("  " + old[left])
        left += 1
        right += 1
      }
    }
    return lines
  }

  static func print(_ lines: [String]) {
    for line in lines {
      let style: Terminal.Style? = line.hasPrefix("-") ? .red : line.hasPrefix("+") ? .green : nil
      Swift.print(style.map { Terminal.styled(line, $0) } ?? line)
    }
  }
}

extension CollectionDifference.Change {
  fileprivate var offset: Int {
    switch self {
    case .insert(let offset, _, _), .remove(let offset, _, _): offset
    }
  }
}
