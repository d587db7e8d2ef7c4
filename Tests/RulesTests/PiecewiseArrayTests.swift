import TestSupport
import Testing

@testable import Rules

@Suite struct PiecewiseArrays {
  @Test(arguments: 0..<10)
  func `it is an array`(_ seed: Int) {
    var dice = SeededGenerator(seed: seed)
    var plain: [Int] = []
    var array = PiecewiseArray<Int>()
    for number in 0..<6000 {
      let place = dice.below(plain.count + 1)
      switch dice.below(8) {
      case 0 where place < plain.count:
        plain[place] = number
        array[place] = number
      case 1 where place < plain.count: #expect(plain.remove(at: place) == array.remove(at: place))
      case 2:
        plain.append(number)
        array.append(number)
      case 3 where number % 100 == 0:
        let end = place + dice.below(plain.count - place + 1)
        plain.replaceSubrange(place..<end, with: [1, 2, 3])
        array.replaceSubrange(place..<end, with: [1, 2, 3])
      default:
        plain.insert(number, at: place)
        array.insert(number, at: place)
      }
    }
    #expect(Array(array) == plain)
    #expect(array.count == plain.count)
    #expect(plain.indices.allSatisfy { array[$0] == plain[$0] })
    #expect(array == PiecewiseArray(plain))
    #expect(Array(array.reversed()) == plain.reversed())
    let copy = array
    array.removeAll()
    #expect(array.isEmpty)
    #expect(array == [])
    #expect(Array(copy) == plain)
  }
}
