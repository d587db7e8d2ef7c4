import TestSupport
import Testing

@testable import Wire

/// Points are read faster where they have the labels of the point before: what comes out must not depend on that.
@Suite struct LabelOrderTests {
  private static let keys = ["b", "a", "c.d", "c_d", "__name__", "le", "zone", "_", "e"]

  /// Attributes of which some have no value, some one name, and no few are those of the point before.
  private func attributes(after last: [Message], _ dice: inout SeededGenerator) -> [Message] {
    let values = ["", "x", "value", String(repeating: "long ", count: 20)]
    switch Int.random(in: 0...3, using: &dice) {
    case 0: return last
    case 1: return last.shuffled(using: &dice)
    default:
      return (0..<Int.random(in: 0...5, using: &dice)).map { _ in
        OTLP.string(Self.keys.randomElement(using: &dice)!, values.randomElement(using: &dice)!)
      }
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `a point among others has the labels that it has alone`(_ seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    var points: [[Message]] = []
    for _ in 0..<20 { points.append(attributes(after: points.last ?? [], &dice)) }
    let together = try DecodedBatch(OTLP.request([OTLP.gauge("m", points.map { OTLP.number(1, $0) })]))
    let alone = points.map { OTLP.request([OTLP.gauge("m", [OTLP.number(1, $0)])]) }
    let each = try alone.flatMap { try DecodedBatch($0).series.map(\.text) }
    #expect(together.series.map(\.text) == each)
  }
}
