/// Recognises exemplars and native histograms that hold only fields we know, each well-formed.
struct PayloadScanner {
  let base: UnsafePointer<UInt8>

  /// Whether a `prometheus.Exemplar` is as remote-write 1.0 has it: labels, a value, a timestamp.
  func isExemplar(_ start: Int, _ end: Int) -> Bool {
    var position = start
    while position < end {
      let tag = base[position]
      position += 1
      switch tag {
      case 0x0A: guard skipLabel(&position, end) else { return false }
      case 0x11: position += 8
      case 0x18: guard skipVarint(&position, end) else { return false }
      default: return false
      }
    }
    return position == end
  }

  /// Whether a `prometheus.Histogram` holds only the fields 1 to 16 of the native histogram.
  func isHistogram(_ start: Int, _ end: Int) -> Bool {
    var position = start
    while position < end {
      var tag = Int(base[position])
      position += 1
      if tag >= 128 {
        guard position < end, base[position] == 1 else { return false }
        tag = (tag & 127) | 128
        position += 1
      }
      guard skipHistogramField(tag, &position, end) else { return false }
    }
    return position == end
  }

  private func skipHistogramField(_ tag: Int, _ position: inout Int, _ end: Int) -> Bool {
    switch tag {
    case 0x08, 0x20, 0x30, 0x70, 0x78:  // count_int, schema, zero_count_int, reset_hint, timestamp
      return skipVarint(&position, end)
    case 0x11, 0x19, 0x29, 0x39:  // count_float, sum, zero_threshold, zero_count_float
      position += 8
      return position <= end
    case 0x42, 0x5A:  // negative_spans, positive_spans
      return skipSpan(&position, end)
    case 0x4A, 0x62:  // negative_deltas, positive_deltas, packed
      return skipPackedVarints(&position, end)
    case 0x52, 0x6A, 0x82:  // negative_counts, positive_counts, custom_values, packed
      guard let fieldEnd = fieldEnd(&position, end) else { return false }
      defer { position = fieldEnd }
      return (fieldEnd - position) % 8 == 0
    default:
      return false
    }
  }

  private func skipSpan(_ position: inout Int, _ end: Int) -> Bool {
    guard let spanEnd = fieldEnd(&position, end) else { return false }
    while position < spanEnd {
      guard base[position] == 0x08 || base[position] == 0x10 else { return false }
      position += 1
      guard skipVarint(&position, spanEnd) else { return false }
    }
    return position == spanEnd
  }

  private func skipPackedVarints(_ position: inout Int, _ end: Int) -> Bool {
    guard let fieldEnd = fieldEnd(&position, end) else { return false }
    while position < fieldEnd {
      guard skipVarint(&position, fieldEnd) else { return false }
    }
    return true
  }

  private func skipLabel(_ position: inout Int, _ end: Int) -> Bool {
    guard let labelEnd = fieldEnd(&position, end) else { return false }
    while position < labelEnd {
      guard base[position] == 0x0A || base[position] == 0x12 else { return false }
      position += 1
      guard let textEnd = fieldEnd(&position, labelEnd),
        UnsafeRawBufferPointer(start: base + position, count: textEnd - position).isValidUTF8
      else { return false }
      position = textEnd
    }
    return true
  }

  private func fieldEnd(_ position: inout Int, _ end: Int) -> Int? {
    var length: UInt64 = 0
    guard varint(&position, end, &length), length <= UInt64(end - position) else { return nil }
    return position + Int(length)
  }

  private func skipVarint(_ position: inout Int, _ end: Int) -> Bool {
    var ignored: UInt64 = 0
    return varint(&position, end, &ignored)
  }

  private func varint(_ position: inout Int, _ end: Int, _ value: inout UInt64) -> Bool {
    value = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < end else { return false }
      let byte = UInt64(base[position])
      position += 1
      // Nine bytes hold 63 bits.
      if shift == 63, byte > 1 { return false }
      value |= (byte & 127) << shift
      if byte < 128 { return true }
    }
    return false
  }
}
