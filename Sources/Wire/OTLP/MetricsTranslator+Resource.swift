import Memory
import Model

extension MetricsTranslator {
  /// Tells the batch, if it wants to know, which attributes the resource has whose series were just written.
  func noteResource(_ body: WireReader, _ output: borrowing SeriesOutput) throws(WireError) {
    let batch = output.batch
    guard batch.wantsResources else { return }
    let start = batch.resourceText.count
    let text = Buffer(capacity: 256)
    var last: UnsafeRawBufferPointer?
    for attribute in try attributesByKey(body) {
      let key = body.stretch(attribute.keyStart, attribute.keyEnd)
      // Of two attributes with one key the first counts, as with Prometheus.
      if let last, last.hasSameBytes(as: key) { continue }
      last = key
      text.count = 0
      guard try AttributeText.append(attribute.value, of: body, to: text), text.count > 0 else { continue }
      LabelEncoding.append(Label(name: key, value: text.bytes), to: batch.resourceText)
    }
    batch.resources.append(
      ResourceRecord(attributes: ByteRange(start, batch.resourceText.count), end: output.seriesCount))
  }

  /// The attributes of the resource whose keys are text, in the order of their keys; of one key in the order in which they
  /// came.
  private func attributesByKey(_ body: WireReader) throws(WireError) -> [KeyValue] {
    var found: [KeyValue] = []
    for index in 0..<context.attributes.count {
      let attribute: KeyValue
      do {
        attribute = try KeyValue(body.reader(context.attributes[index].start, context.attributes[index].end))
      } catch { throw error.inside("attributes") }
      let key = body.stretch(attribute.keyStart, attribute.keyEnd)
      guard let base = key.baseAddress, key.count > 0,
        UTF8Text.isValid(base.assumingMemoryBound(to: UInt8.self), key.count)
      else { continue }
      found.append(attribute)
    }
    return found.sorted { left, right in
      let (one, other) = (body.stretch(left.keyStart, left.keyEnd), body.stretch(right.keyStart, right.keyEnd))
      return one.lexicographicallyPrecedes(other)
    }
  }
}
