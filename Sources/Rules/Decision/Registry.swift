/// Values under small numbers from 1 on, each once; 0 stands for none.
struct Registry<Value: Hashable & Weighed> {
  private var values: [Value] = []
  private var numbers: [Value: UInt32] = [:]
  /// What it takes, roughly.
  private(set) var byteCount = 0

  var count: Int { values.count }

  subscript(number: UInt32) -> Value { values[Int(number) - 1] }

  mutating func number(of value: Value) -> UInt32 {
    if let known = numbers[value] { return known }
    values.append(value)
    numbers[value] = UInt32(values.count)
    byteCount += value.byteCount
    return UInt32(values.count)
  }

  mutating func removeAll() {
    values.removeAll()
    numbers.removeAll()
    byteCount = 0
  }
}

protocol Weighed {
  /// The memory it takes, roughly.
  var byteCount: Int { get }
}

extension Addressee: Weighed {
  var byteCount: Int { 128 + tenant.utf8.count + headers.utf8.count }
}

extension SeriesOrigin: Weighed {
  var byteCount: Int { 256 + cluster.utf8.count + replica.utf8.count + tenant.utf8.count }
}
