/// An array in many pieces: a copy of it that differs in one place shares all pieces but one.
public struct PiecewiseArray<Element: Sendable>: Sendable {
  /// Elements of a piece; one with twice as many becomes two.
  private static var size: Int { 512 }

  /// None of them empty.
  private var pieces: [[Element]] = []
  /// Where each piece ends.
  private var ends: [Int] = []

  public init() {}

  public init(_ elements: some Sequence<Element>) {
    for element in elements {
      if pieces.last.map({ $0.count < Self.size }) != true { pieces.append([]) }
      pieces[pieces.count - 1].append(element)
    }
    findEnds()
  }

  private mutating func findEnds() {
    var end = 0
    ends = pieces.map { piece in
      end += piece.count
      return end
    }
  }

  /// The piece that `position` is in, and where it begins; behind the end, the last one.
  private func piece(at position: Int) -> (number: Int, start: Int) {
    let number = Swift.min(ends.partitioningPoint { $0 <= position }, Swift.max(0, ends.count - 1))
    return (number, number > 0 ? ends[number - 1] : 0)
  }
}

extension PiecewiseArray: RandomAccessCollection, MutableCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { ends.last ?? 0 }

  public subscript(position: Int) -> Element {
    get {
      let (number, start) = piece(at: position)
      return pieces[number][position - start]
    }
    set {
      let (number, start) = piece(at: position)
      pieces[number][position - start] = newValue
    }
  }

  /// Not by position: each would have to be looked for.
  public func makeIterator() -> FlattenSequence<[[Element]]>.Iterator { pieces.joined().makeIterator() }
}

extension PiecewiseArray: RangeReplaceableCollection {
  public mutating func replaceSubrange(_ range: Range<Int>, with elements: some Collection<Element>) {
    let (number, start) = piece(at: range.lowerBound)
    guard !pieces.isEmpty, range.upperBound <= ends[number], elements.count <= Self.size else {
      self = Self(Array(prefix(range.lowerBound)) + Array(elements) + Array(suffix(from: range.upperBound)))
      return
    }
    pieces[number].replaceSubrange((range.lowerBound - start)..<(range.upperBound - start), with: elements)
    let piece = pieces[number]
    if piece.isEmpty { pieces.remove(at: number) }
    if piece.count >= 2 * Self.size {
      pieces[number...number] = [Array(piece[..<Self.size]), Array(piece[Self.size...])]
    }
    findEnds()
  }
}

extension PiecewiseArray: Equatable where Element: Equatable {
  public static func == (left: Self, right: Self) -> Bool { left.elementsEqual(right) }
}

extension PiecewiseArray: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Element...) { self.init(elements) }
}

extension RandomAccessCollection where Index == Int {
  /// The first place whose element is not `before` something; all that are stand in front of it.
  public func partitioningPoint(_ isBefore: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
