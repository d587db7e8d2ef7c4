import Logging
import Memory
import Outbound
import Spool
import Synchronization
import Testing

/// A payload that is the text as one literal element of snappy.
func payload(_ text: String, samples: Int = 1) -> Payload {
  let buffer = Buffer(capacity: text.utf8.count + 8)
  buffer.append(0b1111_0100)  // a literal whose length, less one, is in the next two bytes
  buffer.append(UInt8((text.utf8.count - 1) & 0xFF))
  buffer.append(UInt8((text.utf8.count - 1) >> 8))
  buffer.append(text)
  return Payload(
    buffer: buffer, range: 0..<buffer.count, rawBytes: text.utf8.count, contents: Contents(series: 1, samples: samples),
    pool: nil)
}

/// What a body of literals decodes to; nil when it is no such body.
func decode(_ body: [UInt8]) -> String? {
  var rest = body[...]
  var length = 0
  var shift = 0
  while let byte = rest.popFirst() {
    length |= Int(byte & 0x7F) << shift
    shift += 7
    if byte < 0x80 { break }
  }
  var text: [UInt8] = []
  while let tag = rest.popFirst() {
    guard tag == 0b1111_0100, let low = rest.popFirst(), let high = rest.popFirst() else { return nil }
    let count = Int(low) + Int(high) << 8 + 1
    guard rest.count >= count else { return nil }
    text += rest.prefix(count)
    rest = rest.dropFirst(count)
  }
  return text.count == length ? String(decoding: text, as: UTF8.self) : nil
}

extension Account {
  static let test = Account(tenant: "t", route: "r")
}

/// Counts what a receipt hears.
final class Witness: Receipt {
  private let heard = Mutex<[Outcome]>([])
  func settle(_ outcome: Outcome, backend: String) { heard.withLock { $0.append(outcome) } }
  var outcomes: [Outcome] { heard.withLock { $0 } }
}

/// Options with which a test is quick.
func options(_ name: String = "b", _ url: String = "", _ change: (inout BackendOptions) -> Void = { _ in })
  -> BackendOptions
{
  var options = BackendOptions(name: name, url: url)
  options.batch.timeout = .milliseconds(5)
  options.retry.initialInterval = .milliseconds(10)
  options.retry.maxInterval = .milliseconds(40)
  options.timeout = .seconds(10)
  change(&options)
  return options
}

/// A delivery that runs, over a spool in memory.
func delivery(
  _ backends: [BackendOptions], registry: BackendRegistry = BackendRegistry(), logger: Logger? = nil
) throws -> Delivery {
  var silent = Logger(label: "test")
  silent.logLevel = .critical
  let delivery = try Delivery(registry: registry, version: "test", logger: logger ?? silent)
  try delivery.update(backends)
  try delivery.start()
  return delivery
}

extension Delivery {
  @discardableResult func put(
    _ text: String, backend: String = "b", tenant: String = "t", shard: Int = 0, samples: Int = 1,
    attempts: Attempts = .untilExpired, receipt: (any Receipt)? = nil
  ) -> AppendResult {
    let lane = LaneKey(backend: backend, tenant: tenant, shard: shard)
    return spool.append([
      Entry(lane: lane, account: .test, payload: payload(text, samples: samples), receipt: receipt, attempts: attempts)
    ])
  }

  func statistics(of name: String) -> BackendStatistics? { statistics().first { $0.name == name } }

  @discardableResult func drain(within limit: Duration = .seconds(20)) -> [Leftover] { drain(until: .now + limit) }
}
