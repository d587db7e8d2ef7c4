import CPlatform
import Memory
import Model

/// Where in a label block the labels are left out that each series of a point has for itself, as offsets.
struct Gaps: BitwiseCopyable {
  /// Where `__name__` belongs.
  var name = 0
  /// Where `le` or `quantile` belongs: in place of the bytes from `start` to `end`, a label that the point has by
  /// that name.
  var start = 0
  var end = 0
  /// How many labels of the point gave way to shared ones.
  var replaced = 0
}

/// Writes the labels of a point and those it shares as one canonical block.
enum LabelMerge {
  /// Writes the block at `out`, where the caller has made room for `shared.bytes + own.mostBytes`, with slack.
  ///
  /// - Parameter own: not changed; one of this size that is only borrowed is copied (Swift 6.3.1).
  static func write(
    _ shared: borrowing SharedLabels, _ own: inout PointLabels, to out: inout UnsafeMutablePointer<UInt8>
  ) -> Gaps {
    var gaps = Gaps()
    let start = out
    let items = own.items.base
    let order = own.order.base
    let ownCount = own.order.count
    let labels = shared.labels.base
    let sharedCount = shared.labels.count
    var here = out
    var next = 0
    var index = 0
    while index < sharedCount {
      let label = labels + index
      let prefix = label.pointee.prefix
      index &+= 1
      var isTwin = false
      while next < ownCount {
        let ownPrefix = order[next].prefix
        if ownPrefix > prefix { break }
        if ownPrefix == prefix {
          let relation = compare(items + order[next].index, label)
          isTwin = relation == 0
          if relation >= 0 { break }
        }
        put(items + order[next].index, to: &here)
        next &+= 1
      }
      let first = here - start
      if isTwin, label.pointee.rule == .yields {
        put(items + order[next].index, to: &here)
      } else {
        if isTwin { gaps.replaced &+= 1 }
        sluice_copy32(here, label.pointee.fragment.bytes, UInt64(label.pointee.fragment.count))
        here += label.pointee.fragment.count
      }
      if isTwin { next &+= 1 }
      if label.pointee.gap == 1 { gaps.name = first }
      if label.pointee.gap == 2 {
        gaps.start = first
        gaps.end = here - start
      }
    }
    while next < ownCount {
      put(items + order[next].index, to: &here)
      next &+= 1
    }
    out = here
    return gaps
  }

  private static func compare(
    _ item: UnsafeMutablePointer<PointLabels.Item>, _ label: UnsafeMutablePointer<SharedLabel>
  ) -> Int {
    let own = item.pointee.name.name
    let shared = label.pointee.nameBytes
    if own.hasSameBytes(as: shared) { return 0 }
    return own.precedes(shared) ? -1 : 1
  }

  @inline(__always) private static func put(
    _ item: UnsafeMutablePointer<PointLabels.Item>, to out: inout UnsafeMutablePointer<UInt8>
  ) {
    let fieldCount = Int(item.pointee.name.fieldCount)
    let valueCount = item.pointee.valueCount
    let content = fieldCount &+ 1 &+ Varint.size(valueCount) &+ valueCount
    var here = out
    here.put(0x0A)
    Varint.write(UInt64(truncatingIfNeeded: content), to: &here)
    sluice_copy32(here, item.pointee.name.field, UInt64(fieldCount))
    here += fieldCount
    here.put(0x12)
    Varint.write(UInt64(truncatingIfNeeded: valueCount), to: &here)
    if item.pointee.hasSlack {
      sluice_copy32(here, item.pointee.value, UInt64(valueCount))
    } else {
      UnsafeMutableRawPointer(here).copyMemory(from: item.pointee.value, byteCount: valueCount)
    }
    out = here + valueCount
  }
}
