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
struct PointLabels: ~Copyable {
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
  /// How many attributes there are that can be no label.
  private(set) var textless = 0
  /// How many labels there are in which values were joined.
  private(set) var joinedLabels = 0
  var hasLosses: Bool { textless &+ joinedLabels > 0 }

  private let names: LabelNames
  private let joinsTwins: Bool
  private var scratch = ScratchMemory(chunkSize: 64 << 10)
  private let text = Buffer(capacity: 1024)
  private var hasEmpty = false
  /// For the first attributes of a point: the index of the name that the same attribute had in the point before.
  private var guesses = Column<Int32>(capacity: guessCount)
  private static let guessCount = 64
  /// Whether each attribute of the point before is one label. If the next point has the same names in the same places, its
  /// order is the same.
  private var hasPlainOrder = false

  init(names: LabelNames, joinsTwins: Bool) {
    self.names = names
    self.joinsTwins = joinsTwins
    forgetGuesses()
  }

  /// To be called when the names have been forgotten.
  mutating func forgetGuesses() {
    guesses.truncate()
    for _ in 0..<Self.guessCount { guesses.append(-1) }
  }

  /// Takes the attributes at `stretches`, without those whose key `isLeftOut`, and puts them in order.
  mutating func gather(
    _ stretches: borrowing Column<Stretch>, of body: WireReader,
    leavingOut isLeftOut: ((UnsafeRawBufferPointer) -> Bool)? = nil
  ) throws(WireError) {
    var keepsOrder = hasPlainOrder && stretches.count == items.count
    hasPlainOrder = false
    items.truncate()
    items.reserve(stretches.count)
    mostBytes = 0
    fault = nil
    hasEmpty = false
    textless = 0
    joinedLabels = 0
    scratch.removeAll()
    for place in 0..<stretches.count {
      let attribute: KeyValue
      do { attribute = try KeyValue(body.base, stretches[place]) } catch { throw error.inside("attributes") }
      let key = body.stretch(attribute.keyStart, attribute.keyEnd)
      if let isLeftOut, isLeftOut(key) { continue }
      let name = name(key, place, &keepsOrder)
      if name.problem != .none, !takes(name.problem, attribute) { continue }
      try add(name, attribute, body)
    }
    if keepsOrder, items.count == stretches.count, !hasEmpty { return hasPlainOrder = true }
    arrange(body)
    hasPlainOrder = order.count == stretches.count
  }

  /// Puts the items in order.
  private mutating func arrange(_ body: WireReader) {
    order.truncate()
    for index in 0..<items.count { order.append(SortKey(prefix: items[index].name.prefix, index: index)) }
    let hasTwins = PointLabelOrder.sort(order.base, order.count, items.base)
    if hasEmpty || hasTwins { settle(body) }
  }

  /// - Parameter isGuessed: becomes false where the point before had another attribute in this place.
  @inline(__always) private mutating func name(
    _ key: UnsafeRawBufferPointer, _ place: Int, _ isGuessed: inout Bool
  ) -> LabelName {
    if place < Self.guessCount, guesses[place] >= 0, let start = key.baseAddress,
      let name = names.guess(Int(guesses[place]), start.assumingMemoryBound(to: UInt8.self), key.count)
    {
      return name
    }
    isGuessed = false
    let (name, index) = names.name(for: key, scratch: &scratch)
    if place < Self.guessCount { guesses[place] = Int32(index) }
    return name
  }

  @inline(__always) private mutating func add(
    _ name: LabelName, _ attribute: KeyValue, _ body: WireReader
  ) throws(WireError) {
    let value = attribute.value
    // Made in its place: a copy of what was just put together in parts makes the processor wait.
    let item = items.base + items.count
    item.pointee.name = name
    item.pointee.value = body.base + value.start
    item.pointee.valueCount = value.end &- value.start
    item.pointee.key = Stretch(start: attribute.keyStart, end: attribute.keyEnd)
    item.pointee.hasSlack = value.end &+ 32 <= body.end
    if value.kind != .string || !UTF8Text.isASCII(item.pointee.value, item.pointee.valueCount) {
      try render(value, body, into: &item.pointee)
    }
    if item.pointee.valueCount == 0 { hasEmpty = true }
    items.commit(1)
    mostBytes &+= Int(name.fieldCount) &+ item.pointee.valueCount &+ 16
  }

  /// Whether an attribute with a problem is taken all the same; notes what the point is refused for.
  private mutating func takes(_ problem: LabelName.Problem, _ attribute: KeyValue) -> Bool {
    let key = Stretch(start: attribute.keyStart, end: attribute.keyEnd)
    switch problem {
    case .none, .onlyUnderscores: return true
    case .isMetricName:
      textless += 1
      return false
    case .empty: fault = fault ?? Fault(reason: .emptyLabelName, key: key)
    case .untranslatable: fault = fault ?? Fault(reason: .invalidName, key: key)
    }
    return false
  }

  @inline(never) private mutating func render(
    _ value: AnyValue, _ body: WireReader, into item: inout Item
  ) throws(WireError) {
    item.hasSlack = true
    if value.kind == .int {
      let room = scratch.take(DecimalText.mostBytes)
      item.valueCount = DecimalText.write(Int64(bitPattern: value.bits), to: room)
      item.value = UnsafePointer(room)
      return
    }
    text.count = 0
    // A value without a text counts as empty: its label is left out.
    do {
      if try !AttributeText.append(value, of: body, to: text) { textless += 1 }
    } catch {
      throw error.inside("attributes")
    }
    item.value = scratch.copy(text.bytes)
    item.valueCount = text.count
  }

  /// Leaves out labels without a value; joins values of one name in the order of their keys, or finds fault with them.
  private mutating func settle(_ body: WireReader) {
    var kept = 0
    var place = 0
    while place < order.count {
      var next = place + 1
      while next < order.count, PointLabelOrder.isSame(order[place], order[next], items.base) { next += 1 }
      if let survivor = joinsTwins ? joined(place..<next, body) : single(place..<next) {
        order[kept] = survivor
        kept += 1
      }
      place = next
    }
    order.truncate(to: kept)
  }

  private mutating func single(_ twins: Range<Int>) -> SortKey? {
    var survivor: SortKey?
    for place in twins where items[order[place].index].valueCount > 0 {
      if survivor == nil {
        survivor = order[place]
      } else if fault == nil {
        fault = Fault(reason: .duplicateLabelName, key: items[order[place].index].key)
      }
    }
    return survivor
  }

  private mutating func joined(_ twins: Range<Int>, _ body: WireReader) -> SortKey? {
    let first = order[twins.lowerBound]
    if twins.count == 1 { return items[first.index].valueCount > 0 ? first : nil }
    text.count = 0
    for index in PointLabelOrder.byKey(twins.map { order.base[$0].index }, items.base, body) {
      if text.count > 0 { text.append(UInt8(ascii: ";")) }
      text.append(UnsafeRawBufferPointer(start: items[index].value, count: items[index].valueCount))
    }
    if text.count == 0 { return nil }
    joinedLabels += 1
    items[first.index].value = scratch.copy(text.bytes)
    items[first.index].valueCount = text.count
    items[first.index].hasSlack = true
    mostBytes += text.count
    return first
  }
}
