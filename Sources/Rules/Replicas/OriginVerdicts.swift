internal import Memory

/// What the elections say of each origin in the batch at hand, by the origins' numbers from 1 on; 0 is none, and kept.
struct OriginVerdicts: ~Copyable {
  private var verdicts = Column<ReplicaElections.Verdict>()

  /// Whether there is nobody to tell apart.
  var isEmpty: Bool { verdicts.isEmpty }

  /// Nobody of `count` origins has been heard.
  mutating func begin(_ count: Int) {
    verdicts.truncate()
    for _ in 0..<count { verdicts.append(.unheard) }
  }

  @inline(__always)
  subscript(origin: UInt32) -> ReplicaElections.Verdict { verdicts[Int(origin) - 1] }

  func isUnheard(_ origin: UInt32) -> Bool { origin > 0 && self[origin] == .unheard }

  func set(_ verdict: ReplicaElections.Verdict, for origin: UInt32) { verdicts[Int(origin) - 1] = verdict }

  @inline(__always)
  func keeps(_ origin: UInt32) -> Bool { origin == 0 || self[origin].isKept }
}
