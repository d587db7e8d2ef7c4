import Memory
import Model

@testable import Rules

/// A label set as a test writes it.
typealias LabelSet = [String: String]

/// Label sets in the form of blocks, in one buffer that outlives them.
func block(_ labels: LabelSet) -> Buffer {
  let buffer = Buffer(capacity: 256)
  for (name, value) in labels.sorted(by: { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }) {
    append(name, value, to: buffer)
  }
  buffer.clearTail()
  return buffer
}

func append(_ name: String, _ value: String, to buffer: Buffer) {
  Array(name.utf8).withUnsafeBytes { name in
    Array(value.utf8).withUnsafeBytes { value in
      LabelEncoding.append(Label(name: name, value: value), to: buffer)
    }
  }
}

extension Buffer {
  var contents: [UInt8] { withExtendedLifetime(self) { Array(bytes) } }

  /// The bytes read as a label block.
  var labelSet: LabelSet {
    withExtendedLifetime(self) {
      Dictionary(uniqueKeysWithValues: LabelBlock(bytes).map { ($0.name.text, $0.value.text) })
    }
  }
}

/// A batch of series with one sample each; the payload of series i is the byte i, which nobody here reads.
/// - Parameter resources: the attributes of each resource, and the index behind its last series.
func batch(_ series: [LabelSet], resources: [(LabelSet, end: Int)] = []) -> SeriesBatch {
  let batch = SeriesBatch(arena: Buffer(capacity: 64))
  for (index, labels) in series.enumerated() {
    let start = batch.arena.count
    let labelBlock = block(labels).contents
    batch.arena.append(0x0A)
    LabelEncoding.appendVarint(labelBlock.count + 1, to: batch.arena)
    let labelsStart = batch.arena.count
    labelBlock.withUnsafeBytes { batch.arena.append($0) }
    let payloadStart = batch.arena.count
    batch.arena.append(UInt8(truncatingIfNeeded: index))
    batch.append(
      SeriesRecord(
        labels: ByteRange(labelsStart, payloadStart), payload: ByteRange(payloadStart, payloadStart + 1),
        encoded: ByteRange(start, payloadStart + 1), samples: 1, histograms: 0, exemplars: 0))
  }
  for (attributes, end) in resources {
    let start = batch.resourceText.count
    block(attributes).contents.withUnsafeBytes { batch.resourceText.append($0) }
    batch.resources.append(ResourceRecord(attributes: ByteRange(start, batch.resourceText.count), end: end))
  }
  batch.arena.reserve(Buffer.slack)
  batch.arena.clearTail()
  batch.wholeRequest = ByteRange(0, batch.arena.count)
  return batch
}

extension Bin {
  /// The series in the bin: their labels, and the byte that is their payload.
  var series: [(labels: LabelSet, payload: UInt8)] {
    var result: [(labels: LabelSet, payload: UInt8)] = []
    var rest = bytes.contents[...]
    while let tag = rest.popFirst() {
      precondition(tag == 0x0A)
      var (length, shift) = (0, 0)
      while let byte = rest.popFirst() {
        length |= Int(byte & 127) << shift
        shift += 7
        if byte < 128 { break }
      }
      let labels = Buffer(capacity: length)
      Array(rest.prefix(length - 1)).withUnsafeBytes { labels.append($0) }
      result.append((labels.labelSet, rest[rest.startIndex + length - 1]))
      rest = rest.dropFirst(length)
    }
    return result
  }
}
