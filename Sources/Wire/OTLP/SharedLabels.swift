import Memory
import Model

/// A label that many points have, encoded once, and what becomes of a point's own label of the same name.
struct SharedLabel: BitwiseCopyable {
  enum Rule: UInt8 {
    /// The point's own label goes.
    case replaces
    /// The point's own label stays and this one goes.
    case yields
  }

  var prefix: UInt64
  /// In memory that someone else holds.
  var name: UnsafePointer<UInt8>
  var nameCount: Int
  /// Empty: there is no label, only the rule.
  var fragment: Fragment
  var rule: Rule
  /// Whether the writer is to note where this label lies: 0 no, 1 and 2 the gaps that each series fills differently.
  var gap: UInt8 = 0

  init(_ name: UnsafeRawBufferPointer, _ fragment: Fragment, _ rule: Rule, gap: UInt8 = 0) {
    prefix = LabelName.prefix(of: name)
    // An empty name has no address; it is never read, as its count is 0.
    self.name = name.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? fragment.bytes
    nameCount = name.count
    self.fragment = fragment
    self.rule = rule
    self.gap = gap
  }

  var nameBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: name, count: nameCount) }

  func hasName(of other: SharedLabel) -> Bool {
    prefix == other.prefix && nameBytes.hasSameBytes(as: other.nameBytes)
  }

  func comes(before other: SharedLabel) -> Bool {
    prefix != other.prefix ? prefix < other.prefix : nameBytes.precedes(other.nameBytes)
  }
}

/// Shared labels in the order of their names.
struct SharedLabels: ~Copyable {
  private(set) var labels = Column<SharedLabel>(capacity: 16)
  /// The bytes that all of them take in a series.
  private(set) var bytes = 0

  mutating func removeAll() {
    labels.truncate()
    bytes = 0
  }

  /// Adds a label, which `arrange` then puts in its place.
  mutating func add(_ label: SharedLabel) {
    labels.append(label)
    bytes += label.fragment.count
  }

  mutating func add(contentsOf other: borrowing SharedLabels) {
    for index in 0..<other.labels.count { add(other.labels[index]) }
  }

  /// Sorts by name; of several with one name the one that was added last holds.
  mutating func arrange() {
    let count = labels.count
    guard count > 1 else { return }
    let base = labels.base
    let order = (0..<count).sorted { left, right in
      if base[left].comes(before: base[right]) { return true }
      return base[left].hasName(of: base[right]) && left < right
    }
    let sorted = order.map { base[$0] }
    labels.truncate()
    bytes = 0
    for (place, label) in sorted.enumerated() {
      if place + 1 < sorted.count, label.hasName(of: sorted[place + 1]) { continue }
      add(label)
    }
  }

  /// Makes this `other` with `extras` laid over it. Both are in the order of their names.
  ///
  /// An extra that yields is laid only where there is nothing: it marks a gap, and what has its name stays.
  mutating func merge(_ other: borrowing SharedLabels, _ extras: borrowing Column<SharedLabel>) {
    removeAll()
    var next = 0
    for index in 0..<other.labels.count {
      var label = other.labels[index]
      while next < extras.count, extras[next].comes(before: label) {
        add(extras[next])
        next += 1
      }
      if next < extras.count, extras[next].hasName(of: label) {
        let extra = extras[next]
        next += 1
        if extra.rule == .replaces { label = extra }
        label.gap = extra.gap
      }
      add(label)
    }
    while next < extras.count {
      add(extras[next])
      next += 1
    }
  }
}
