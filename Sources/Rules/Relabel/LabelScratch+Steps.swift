internal import Memory
internal import Model

/// What the relabel steps do with all labels at once.
extension LabelScratch {
  /// Whether `pattern` matches the whole of `text`; if so, `groups` holds the first `count` groups.
  func match(_ pattern: Pattern, _ text: UnsafeRawBufferPointer, groups count: Int) -> Bool {
    if groups.count < 2 * count {
      groups.reserve(2 * count - groups.count)
      groups.commit(2 * count - groups.count)
    }
    return pattern.matches(text, groups: UnsafeMutableBufferPointer(start: groups.base, count: 2 * count))
  }

  /// Calls `body` with each label as it is now, whatever `body` sets meanwhile.
  func forEachLabel(_ body: (Label) -> Void) {
    pending.truncate()
    for index in 0..<entries.count where entries.base[index].isLive { pending.append(entries.base[index]) }
    for index in 0..<pending.count {
      body(Label(name: pending[index].name, value: pending[index].value))
    }
  }

  func removeLabels(where isUnwanted: (UnsafeRawBufferPointer) -> Bool) {
    let base = entries.base
    for index in 0..<entries.count where base[index].isLive && isUnwanted(base[index].name) {
      base[index].isLive = false
    }
  }
}
