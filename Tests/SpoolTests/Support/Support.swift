import Memory
import Synchronization
import TestSupport
import Testing

@testable import Spool

/// A payload of the text, one sample and ten raw bytes unless said otherwise.
func payload(_ text: String, samples: Int = 1, raw: Int = 10, pool: BufferPool? = nil) -> Payload {
  let buffer = pool?.take() ?? Buffer(capacity: 64)
  buffer.append(text)
  return Payload(
    buffer: buffer, range: 0..<buffer.count, rawBytes: raw, contents: Contents(series: 1, samples: samples), pool: pool)
}

/// As `payload`, but still to be encoded; raw bytes are what it has.
func loose(_ text: String, samples: Int = 1) -> Payload {
  let buffer = Buffer(capacity: 64)
  buffer.append(text)
  return Payload(loose: buffer, contents: Contents(series: 1, samples: samples), packer: Packing.shared)
}

/// Encodes contents as they are.
final class Packing: Packer {
  static let shared = Packing()

  func pack(_ contents: [Payload]) -> Payload {
    let sum = contents.reduce(into: Contents()) { $0 += $1.contents }
    let text = contents.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
    return payload(text, samples: sum.samples, raw: text.utf8.count)
  }
}

/// Whether an append was kept, once that is known.
final class Promise: Sendable {
  private let result = Mutex<Bool?>(nil)

  func keep(_ isKept: Bool) { result.withLock { $0 = isKept } }

  var isKept: Bool {
    eventually("it is kept or not") { result.withLock { $0 } != nil }
    return result.withLock { $0 } ?? false
  }
}

func entry(
  _ text: String, in lane: LaneKey = .first, samples: Int = 1, receipt: (any Receipt)? = nil,
  attempts: Attempts = .untilExpired
) -> Entry {
  Entry(
    lane: lane, account: .test, payload: payload(text, samples: samples), receipt: receipt, attempts: attempts)
}

func text(_ block: Block) -> String { String(decoding: block.payload.bytes, as: UTF8.self) }

final class Witness: Receipt {
  let outcomes = Mutex<[Outcome]>([])
  func settle(_ outcome: Outcome, backend: String) { outcomes.withLock { $0.append(outcome) } }
}

extension Account {
  static let test = Account(tenant: "in", route: "r")
}

extension LaneKey {
  static let first = LaneKey(backend: "b", tenant: "t", shard: 0)
  static let second = LaneKey(backend: "b", tenant: "t", shard: 1)
  static let other = LaneKey(backend: "c", tenant: "t", shard: 0)
}

/// What the contract is held against.
enum SpoolKind: CaseIterable {
  case memory
  case disk
  /// What is read comes from disk.
  case diskWithoutCache

  /// A spool with the queues `b` and `c`.
  func spool(
    b: QueueLimits = QueueLimits(bytes: 100), c: QueueLimits = QueueLimits(bytes: 100),
    letters: DeadLetterLimits = DeadLetterLimits(), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) throws -> any Spool {
    var options = smallOptions()
    options.deadLetters = letters
    if self == .diskWithoutCache { options.cacheBytes = 0 }
    let spool: any Spool =
      switch self {
      case .memory: MemorySpool(deadLetters: letters, now: now)
      case .disk, .diskWithoutCache:
        try DiskSpool("/spool", options, disk: SimulatedDisk(), clock: SpoolClock(now: now), logger: silent)
      }
    spool.configure(["b": b, "c": c])
    return spool
  }
}

extension Spool {
  func put(_ texts: String..., in lane: LaneKey = .first, attempts: Attempts = .untilExpired) {
    take(texts.map { entry($0, in: lane, attempts: attempts) })
  }

  /// Appends; if that is taken, waits until it is in its lanes.
  @discardableResult func take(
    _ entries: [Entry], dropped: [Movement] = [], kept: (@Sendable ((any Error)?) -> Void)? = nil
  ) -> AppendResult {
    let isKept = Mutex(false)
    let result = append(entries, dropped: dropped) { error in
      kept?(error)
      isKept.withLock { $0 = true }
    }
    if case .taken = result { eventually("it is kept") { isKept.withLock { $0 } } }
    return result
  }

  /// Releases what is at these positions as delivered.
  @discardableResult func deliver(_ positions: [Position], in lane: LaneKey) -> LaneStatus {
    release(positions.map { Settled($0, .delivered) }, in: lane)
  }

  func texts(
    _ lane: LaneKey = .first, _ limit: ReadLimit = ReadLimit(), _ order: ReadOrder = .oldestFirst
  ) -> [String] {
    read(lane, limit: limit, order: order).map(text)
  }

  /// The row of the test's account and a backend; every row must balance.
  func book(_ backend: String = "b") -> LedgerRow {
    let rows = ledger()
    for row in rows { #expect(row.imbalance.isZero, "\(row)") }
    return rows.first { $0.backend == backend } ?? LedgerRow(account: .test, backend: backend)
  }
}
