import CPlatform
import Memory
import Model

/// A stretch of the body.
struct Stretch: BitwiseCopyable {
  var start: Int
  var end: Int
}

/// The labels that one data point brings itself: gathered from its attributes, then sorted, those of one name joined.
///
/// What is gathered points into the body, into the names and into the scratch memory: it lives until the next point.
/// One thread.
final class PointLabels {
  struct Item: BitwiseCopyable {
    var name: LabelName
    var value: UnsafePointer<UInt8>
    var valueCount: Int
    var key: Stretch
    /// Whether 31 bytes behind the value may be read.
    var hasSlack: Bool
  }

  struct SortKey: BitwiseCopyable {
    var prefix: UInt64
    var index: Int
  }

  /// Why a point cannot have these labels.
  struct Fault {
    var reason: RefusalReason
    var key: Stretch
  }

  private(set) var items = Column<Item>(capacity: 64)
  /// The labels to be written, in the order of their names.
  private(set) var order = Column<SortKey>(capacity: 64)
  /// No less than the bytes that all of them take in a series.
  private(set) var mostBytes = 0
  private(set) var fault: Fault?

  private let names: LabelNames
  private let scratch: ScratchMemory
  private let text = Buffer(capacity: 1024)
  private let joinsTwins: Bool
  private var hasEmpty = false
  private var hasTwins = false
  /// For the first attributes of a point: the index of the name that the same attribute had in the point before.
  private let guesses: UnsafeMutablePointer<Int32>
  private static let guessCount = 64

  init(names: LabelNames, joinsTwins: Bool) {
    self.names = names
    self.joinsTwins = joinsTwins
    scratch = ScratchMemory(chunkSize: 64 << 10)
    guesses = .allocate(capacity: Self.guessCount)
    guesses.initialize(repeating: -1, count: Self.guessCount)
  }

  deinit { guesses.deallocate() }

  /// To be called when the names have been forgotten.
  func forgetGuesses() { guesses.update(repeating: -1, count: Self.guessCount) }

  /// Takes the attributes at `stretches`, without those whose key `isLeftOut`, and puts them in order.
  func gather(
    _ stretches: UnsafePointer<Stretch>, _ count: Int, of body: WireReader,
    leavingOut isLeftOut: ((UnsafeRawBufferPointer) -> Bool)? = nil
  ) throws(WireError) {
    items.truncate()
    order.truncate()
    mostBytes = 0
    fault = nil
    hasEmpty = false
    hasTwins = false
    scratch.removeAll()
    let bodyEnd = body.end
    for place in 0..<count {
      let stretch = stretches[place]
      let attribute: KeyValue
      do { attribute = try KeyValue(body.reader(stretch.start, stretch.end)) } catch {
        throw error.inside("attributes")
      }
      let key = body.stretch(attribute.keyStart, attribute.keyEnd)
      if let isLeftOut, isLeftOut(key) { continue }
      let name = name(key, body, attribute, place)
      if name.problem != .none, !takes(name.problem, attribute) { continue }
      var item = Item(
        name: name, value: body.base + attribute.value.start, valueCount: attribute.value.end &- attribute.value.start,
        key: Stretch(start: attribute.keyStart, end: attribute.keyEnd),
        hasSlack: attribute.value.end &+ 32 <= bodyEnd)
      if attribute.value.kind != .string || !UTF8Text.isASCII(item.value, item.valueCount) {
        try render(attribute.value, body, into: &item)
      }
      if item.valueCount == 0 { hasEmpty = true }
      order.append(SortKey(prefix: name.prefix, index: items.count))
      items.append(item)
      mostBytes &+= Int(name.fieldCount) &+ item.valueCount &+ 16
    }
    sort()
    if hasEmpty || hasTwins { settle(body) }
  }

  @inline(__always) private func name(
    _ key: UnsafeRawBufferPointer, _ body: WireReader, _ attribute: KeyValue, _ place: Int
  ) -> LabelName {
    if place < Self.guessCount {
      let guess = Int(guesses[place])
      if guess >= 0, let name = names.guess(guess, body.base + attribute.keyStart, key.count) { return name }
    }
    let (name, index) = names.name(for: key, scratch: scratch)
    if place < Self.guessCount { guesses[place] = Int32(index) }
    return name
  }

  /// Whether an attribute with a problem is taken all the same; notes what the point is refused for.
  private func takes(_ problem: LabelName.Problem, _ attribute: KeyValue) -> Bool {
    let key = Stretch(start: attribute.keyStart, end: attribute.keyEnd)
    switch problem {
    case .none, .onlyUnderscores: return true
    case .isMetricName: return false
    case .empty: fault = fault ?? Fault(reason: .emptyLabelName, key: key)
    case .untranslatable: fault = fault ?? Fault(reason: .invalidName, key: key)
    }
    return false
  }

  @inline(never) private func render(
    _ value: AnyValue, _ body: WireReader, into item: inout Item
  ) throws(WireError) {
    text.count = 0
    // A value without a text counts as empty: its label is left out.
    do { _ = try AttributeText.append(value, of: body, to: text) } catch { throw error.inside("attributes") }
    item.value = scratch.copy(text.bytes)
    item.valueCount = text.count
    item.hasSlack = true
  }

  private func sort() {
    let count = order.count
    let keys = order.base
    if count > 32 { return sortMany() }
    var place = 1
    while place < count {
      let key = keys[place]
      var hole = place
      while hole > 0, comes(key, before: keys[hole &- 1]) {
        keys[hole] = keys[hole &- 1]
        hole &-= 1
      }
      keys[hole] = key
      place &+= 1
    }
  }

  private func sortMany() {
    var keys = UnsafeMutableBufferPointer(start: order.base, count: order.count)
    keys.sort { left, right in
      if comes(left, before: right) { return true }
      return !comes(right, before: left) && left.index < right.index
    }
  }

  @inline(__always) private func comes(_ left: SortKey, before right: SortKey) -> Bool {
    if left.prefix != right.prefix { return left.prefix < right.prefix }
    return comesByWholeName(left, right)
  }

  @inline(never) private func comesByWholeName(_ left: SortKey, _ right: SortKey) -> Bool {
    let one = items[left.index].name.name
    let other = items[right.index].name.name
    if one.hasSameBytes(as: other) {
      hasTwins = true
      return false
    }
    return one.precedes(other)
  }

  /// Leaves out labels without a value; joins values of one name in the order of their keys, or finds fault with them.
  private func settle(_ body: WireReader) {
    var kept = 0
    var place = 0
    while place < order.count {
      var next = place + 1
      while next < order.count, hasSameName(place, next) { next += 1 }
      if let survivor = joinsTwins ? joined(place..<next, body) : single(place..<next) {
        order[kept] = survivor
        kept += 1
      }
      place = next
    }
    order.truncate(to: kept)
  }

  private func hasSameName(_ left: Int, _ right: Int) -> Bool {
    guard order[left].prefix == order[right].prefix else { return false }
    return items[order[left].index].name.name.hasSameBytes(as: items[order[right].index].name.name)
  }

  private func single(_ twins: Range<Int>) -> SortKey? {
    let filled = twins.filter { items[order[$0].index].valueCount > 0 }
    guard let first = filled.first else { return nil }
    if filled.count > 1, fault == nil {
      fault = Fault(reason: .duplicateLabelName, key: items[order[first].index].key)
    }
    return order[first]
  }

  private func joined(_ twins: Range<Int>, _ body: WireReader) -> SortKey? {
    let first = order[twins.lowerBound]
    if twins.count == 1 { return items[first.index].valueCount > 0 ? first : nil }
    func key(_ index: Int) -> UnsafeRawBufferPointer {
      body.stretch(items[index].key.start, items[index].key.end)
    }
    let indexes = twins.map { order[$0].index }.sorted { left, right in
      if key(left).precedes(key(right)) { return true }
      return key(left).hasSameBytes(as: key(right)) && left < right
    }
    text.count = 0
    for index in indexes {
      if text.count > 0 { text.append(UInt8(ascii: ";")) }
      text.append(UnsafeRawBufferPointer(start: items[index].value, count: items[index].valueCount))
    }
    if text.count == 0 { return nil }
    items[first.index].value = scratch.copy(text.bytes)
    items[first.index].valueCount = text.count
    items[first.index].hasSlack = true
    mostBytes += text.count
    return first
  }
}
