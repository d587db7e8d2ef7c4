import Model
import Testing

@Suite struct ByteRangeTests {
  @Test func `a range is made of its two ends`() {
    let range = ByteRange(10, 25)
    #expect(range == ByteRange(offset: 10, length: 15))
    #expect(range.start == 10)
    #expect(range.end == 25)
    #expect(range.count == 15)
    #expect(!range.isEmpty)
  }

  @Test(arguments: [0, 7]) func `a range without bytes is empty, wherever it lies`(_ place: Int) {
    let range = ByteRange(place, place)
    #expect(range.isEmpty)
    #expect(range.start == range.end)
  }

  @Test func `the empty range lies at the start`() {
    #expect(ByteRange.empty == ByteRange(0, 0))
  }

  @Test func `a range reaches to the end of the largest arena`() {
    let most = Int(UInt32.max)
    let range = ByteRange(most - 1, most)
    #expect(range.start == most - 1)
    #expect(range.end == most)
    #expect(ByteRange(offset: .max, length: .max).end == 2 * most)
  }
}
