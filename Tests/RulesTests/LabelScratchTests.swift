import Memory
import Model
import Testing

@testable import Rules

@Suite struct LabelScratchTests {
  @Test func `a label is got, set and deleted`() {
    let scratch = LabelScratch()
    TestBlock(["a": "1", "b": "2"]).read { block in
      scratch.fill(from: block)
      "b".bytes { b in
        #expect(scratch.get(b).text == "2")
        "c".bytes { c in
          "3".bytes { three in
            scratch.set(c, three)
            #expect(scratch.get(c).text == "3")
            scratch.delete(b)
            #expect(scratch.get(b).isEmpty)
            scratch.set(b, three)
            scratch.set(c, UnsafeRawBufferPointer(start: nil, count: 0))
            scratch.sort()
            #expect((0..<scratch.count).map { scratch[$0].name.text + scratch[$0].value.text } == ["a1", "b3"])
            #expect(scratch.isChanged)
          }
        }
      }
    }
  }

  @Test func `a label set to what it was is no change`() {
    let scratch = LabelScratch()
    TestBlock(["a": "1", "b": "2"]).read { block in
      scratch.fill(from: block)
      "a".bytes { a in
        "1".bytes { one in
          scratch.set(a, one)
          scratch.sort()
          #expect(scratch.count == 2)
          #expect(!scratch.isChanged)
        }
      }
    }
  }

  @Test(arguments: [1, 127, 128, 129, 300, 16383, 16384, 70000])
  func `a block is written as it was read, whatever the length of its texts`(_ length: Int) {
    let scratch = LabelScratch()
    let buffer = Buffer(capacity: 8)
    buffer.append("before")
    TestBlock(["a": String(repeating: "v", count: length), String(repeating: "n", count: length): "x"]).read { block in
      scratch.fill(from: block)
      scratch.sort()
      #expect(!scratch.isChanged)
      let range = scratch.write(to: buffer)
      #expect(range.start == 6 && range.end == buffer.count)
      #expect(buffer.bytes[range.start..<range.end].elementsEqual(block.bytes))
    }
  }

  @Test func `no labels are an empty block`() {
    let scratch = LabelScratch()
    scratch.fill(from: LabelBlock(UnsafeRawBufferPointer(start: nil, count: 0)))
    scratch.sort()
    #expect(scratch.count == 0)
    #expect(scratch.write(to: Buffer(capacity: 8)).isEmpty)
  }

  @Test func `kept texts stay where they are while others are made`() throws {
    let scratch = LabelScratch()
    let pieces = try (0..<3000).map { index in try #require("text \(index)".bytes { scratch.keep($0) }) }
    #expect(pieces.enumerated().allSatisfy { $0.element.text == "text \($0.offset)" })
    let large = try #require(String(repeating: "x", count: 1 << 20).bytes { scratch.keep($0) })
    #expect(large.count == 1 << 20)
    #expect(!scratch.isTooLarge)
    #expect(String(repeating: "x", count: 4 << 20).bytes { scratch.keep($0) } == nil)
    #expect(scratch.isTooLarge)
  }
}
