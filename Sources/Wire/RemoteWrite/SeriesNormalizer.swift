internal import Memory
internal import Model

/// Brings a series that is well-formed but not canonical into the canonical form, or finds out why that cannot be.
///
/// Labels are sorted, empty values left out (an empty value and no label are the same in Prometheus's data model), fields that
/// remote-write 1.0 does not have are left out.
struct SeriesNormalizer {
  enum Outcome {
    case normalized(samples: Int, exemplars: Int, histograms: Int)
    case refused(RefusalReason, detail: String)
  }

  /// The labels of the series last normalized, as a canonical block.
  let labelBlock = Buffer(capacity: 1024)
  /// Its samples, exemplars and histograms.
  let payload = Buffer(capacity: 4096)

  /// Normalizes the `prometheus.TimeSeries` that `reader` stands at the beginning of.
  func normalize(_ reader: WireReader) throws(WireError) -> Outcome {
    payload.count = 0
    labelBlock.count = 0
    var reader = reader
    var labels: [Label] = []
    var counts = (samples: 0, exemplars: 0, histograms: 0)
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A:
        labels.append(try Self.label(reader.message()))
      case 0x12:
        try appendSample(reader.message())
        counts.samples += 1
      case 0x1A:
        try appendMessage(tag, reader.message(), Self.appendExemplarField)
        counts.exemplars += 1
      case 0x22:
        try appendMessage(tag, reader.message(), Self.appendHistogramField)
        counts.histograms += 1
      default:
        try reader.skip(tag, known: 0b1_1110)
      }
    }
    if let refusal = arrange(labels) { return refusal }
    return .normalized(samples: counts.samples, exemplars: counts.exemplars, histograms: counts.histograms)
  }

  /// Writes the labels in order, or says why they are no label set.
  private func arrange(_ labels: [Label]) -> Outcome? {
    if labels.isEmpty { return .refused(.noLabels, detail: "a series without labels") }
    func refused(_ reason: RefusalReason, _ what: String) -> Outcome {
      .refused(reason, detail: "\(what) in series \(Self.describe(labels))")
    }
    let present = labels.filter { !$0.value.isEmpty }.sorted { $0.name.precedes($1.name) }
    if labels.contains(where: \.name.isEmpty) { return refused(.emptyLabelName, "an empty label name") }
    for label in present where !label.name.isValidUTF8 || !label.value.isValidUTF8 {
      return refused(.invalidUTF8, "a label that is not UTF-8")
    }
    for (left, right) in zip(present, present.dropFirst()) where left.name.hasSameBytes(as: right.name) {
      return refused(.duplicateLabelName, "label name \"\(left.name.text)\" twice")
    }
    guard present.contains(where: { $0.name.text == "__name__" }) else {
      return refused(.noMetricName, "no metric name")
    }
    for label in present { LabelEncoding.append(label, to: labelBlock) }
    return nil
  }

  /// The series in exposition form, shortened, for a message to the sender.
  private static func describe(_ labels: [Label]) -> String {
    let shown = labels.prefix(8).map { "\($0.name.text)=\"\($0.value.text)\"" }.joined(separator: ",")
    return "{" + String(shown.prefix(256)) + (labels.count > 8 ? ",…" : "") + "}"
  }

  private static func label(_ reader: WireReader) throws(WireError) -> Label {
    var reader = reader
    var label = Label(
      name: UnsafeRawBufferPointer(rebasing: reader.rest.prefix(0)),
      value: UnsafeRawBufferPointer(rebasing: reader.rest.prefix(0)))
    while let tag = try reader.tag() {
      switch tag {
      case 0x0A: label.name = try reader.bytes()
      case 0x12: label.value = try reader.bytes()
      default: try reader.skip(tag, known: 0b110)
      }
    }
    return label
  }

  private func appendSample(_ reader: WireReader) throws(WireError) {
    var reader = reader
    var (value, timestamp): (UInt64, UInt64) = (0, 0)
    while let tag = try reader.tag() {
      switch tag {
      case 0x09: value = try reader.fixed64()
      case 0x10: timestamp = try reader.varint()
      default: try reader.skip(tag, known: 0b110)
      }
    }
    let start = payload.beginMessage(tag: 0x12)
    payload.append(tag: 0x09, fixed64: value)
    payload.append(tag: 0x10, varint: timestamp)
    payload.endMessage(start)
  }

  /// Copies a message, each field through `appendField`.
  private func appendMessage(
    _ tag: UInt32, _ reader: WireReader,
    _ appendField: (UInt32, inout WireReader, Buffer) throws(WireError) -> Void
  ) throws(WireError) {
    var reader = reader
    let start = payload.beginMessage(tag: tag)
    while let tag = try reader.tag() { try appendField(tag, &reader, payload) }
    payload.endMessage(start)
  }

  private static func appendExemplarField(
    _ tag: UInt32, _ reader: inout WireReader, _ output: Buffer
  ) throws(WireError) {
    switch tag {
    case 0x0A:
      let label = try label(reader.message())
      guard label.name.isValidUTF8, label.value.isValidUTF8 else { return }
      LabelEncoding.append(label, to: output)
    case 0x11: output.append(tag: tag, fixed64: try reader.fixed64())
    case 0x18: output.append(tag: tag, varint: try reader.varint())
    default: try reader.skip(tag, known: 0b1110)
    }
  }

  /// Copies one field of a native histogram, repeated numbers packed.
  static func appendHistogramField(
    _ tag: UInt32, _ reader: inout WireReader, _ output: Buffer
  ) throws(WireError) {
    switch tag {
    case 0x08, 0x20, 0x30, 0x70, 0x78: output.append(tag: tag, varint: try reader.varint())
    case 0x11, 0x19, 0x29, 0x39: output.append(tag: tag, fixed64: try reader.fixed64())
    case 0x42, 0x5A: try appendSpan(tag, reader.message(), output)
    case 0x4A, 0x62: try appendPacked(tag, reader.message(), output)
    case 0x48, 0x60: try appendUnpacked(tag + 2, varint: reader.varint(), output)
    case 0x52, 0x6A, 0x82: try appendPackedDoubles(tag, reader.message(), output)
    case 0x51, 0x69, 0x81: try appendUnpacked(tag + 1, fixed64: reader.fixed64(), output)
    default: try reader.skip(tag, known: 0x1_FFFE)
    }
  }

  private static func appendSpan(_ tag: UInt32, _ reader: WireReader, _ output: Buffer) throws(WireError) {
    var reader = reader
    let start = output.beginMessage(tag: tag)
    while let field = try reader.tag() {
      switch field {
      case 0x08, 0x10: output.append(tag: field, varint: try reader.varint())
      default: try reader.skip(field, known: 0b110)
      }
    }
    output.endMessage(start)
  }

  private static func appendPacked(_ tag: UInt32, _ reader: WireReader, _ output: Buffer) throws(WireError) {
    let bytes = reader.rest
    var reader = reader
    while !reader.isAtEnd { _ = try reader.varint() }
    output.append(tag: tag, bytes: bytes)
  }

  private static func appendPackedDoubles(_ tag: UInt32, _ reader: WireReader, _ output: Buffer) throws(WireError) {
    guard reader.rest.count % 8 == 0 else { throw WireError(.invalidLength, at: reader.position) }
    output.append(tag: tag, bytes: reader.rest)
  }

  /// One element of a repeated field that was not packed, as a packed run of one: runs of one field join.
  private static func appendUnpacked(_ tag: UInt32, varint value: UInt64, _ output: Buffer) {
    output.append(varint: UInt64(tag))
    output.append(varint: UInt64(Varint.size(value)))
    output.append(varint: value)
  }

  private static func appendUnpacked(_ tag: UInt32, fixed64 bits: UInt64, _ output: Buffer) {
    output.append(varint: UInt64(tag))
    output.append(varint: 8)
    output.append(fixed64: bits)
  }
}
