internal import CPlatform
internal import Memory
internal import Model

/// How one label block becomes another: a run of steps, each "copy", "skip" or "insert".
///
/// A script is a few words of a column, made once for a series and carried out without looking at a label. The first word
/// is the length of the result in bytes, the second the number of steps behind it.
struct EditScript {
  /// A step in 32 bits: what to do in the top two, how many bytes (or which insertion) in the rest.
  private enum Step {
    static let copy: UInt32 = 0
    static let skip: UInt32 = 1 << 30
    static let insert: UInt32 = 2 << 30
    static let operation: UInt32 = 3 << 30
  }

  /// Encoded labels that scripts insert, each held once.
  struct Insertions: ~Copyable {
    private var ranges = Column<ByteRange>()
    private let bytes = Buffer(capacity: 4096)
    private var known: [[UInt8]: UInt32] = [:]

    var byteCount: Int { bytes.count }

    subscript(index: UInt32) -> (start: UnsafePointer<UInt8>, count: Int) {
      let range = ranges[Int(index)]
      return (UnsafePointer(bytes.base + range.start), range.count)
    }

    /// The index of the label as it stands on the wire.
    mutating func index(of label: Label) -> UInt32 {
      let start = bytes.count
      LabelEncoding.append(label, to: bytes)
      let encoded = Array(UnsafeRawBufferPointer(rebasing: bytes.bytes[start...]))
      if let index = known[encoded] {
        bytes.count = start
        return index
      }
      let index = UInt32(ranges.count)
      ranges.append(ByteRange(start, bytes.count))
      known[encoded] = index
      return index
    }

    mutating func removeAll() {
      ranges.truncate()
      bytes.count = 0
      known.removeAll()
    }
  }

  /// Appends to `words` the script that turns `source` into `target`, which holds its labels in order.
  static func append<Labels: Sequence<Label>>(
    from source: LabelBlock, to target: Labels, words: inout Column<UInt32>, insertions: inout Insertions
  ) {
    let header = words.count
    words.append(0)
    words.append(0)
    var writer = Writer()
    var wanted = target.makeIterator()
    var next = wanted.next()
    for label in source {
      while let insertion = next, insertion.name.precedes(label.name) {
        writer.insert(insertion, &words, &insertions)
        next = wanted.next()
      }
      let length = LabelEncoding.length(of: label)
      if let same = next, same.name.hasSameBytes(as: label.name) {
        if same.value.hasSameBytes(as: label.value) {
          writer.copy(length, &words)
        } else {
          writer.skip(length, &words)
          writer.insert(same, &words, &insertions)
        }
        next = wanted.next()
      } else {
        writer.skip(length, &words)
      }
    }
    while let insertion = next {
      writer.insert(insertion, &words, &insertions)
      next = wanted.next()
    }
    writer.flush(&words)
    words[header] = UInt32(writer.resultLength)
    words[header + 1] = UInt32(words.count - header - 2)
  }

  /// Carries the script at `script` out on the block at `source` and gives the end of the result.
  /// `target` needs room for the result's length and `Buffer.slack` behind it.
  @inline(__always)
  static func apply(
    _ script: UnsafePointer<UInt32>, to source: UnsafePointer<UInt8>, writing target: UnsafeMutablePointer<UInt8>,
    insertions: borrowing Insertions
  ) -> UnsafeMutablePointer<UInt8> {
    var source = source
    var target = target
    let steps = Int(script[1])
    for index in 0..<steps {
      let step = script[2 &+ index]
      let argument = step & ~Step.operation
      switch step & Step.operation {
      case Step.copy:
        sluice_copy32(target, source, UInt64(argument))
        source += Int(argument)
        target += Int(argument)
      case Step.skip:
        source += Int(argument)
      default:
        let insertion = insertions[argument]
        sluice_copy32(target, insertion.start, UInt64(insertion.count))
        target += insertion.count
      }
    }
    return target
  }

  /// The length of the result of the script at `script`, in bytes.
  @inline(__always)
  static func resultLength(_ script: UnsafePointer<UInt32>) -> Int { Int(script[0]) }

  /// Joins neighbouring copies and skips to one step each.
  private struct Writer {
    private var pending: UInt32?
    private(set) var resultLength = 0

    mutating func copy(_ length: Int, _ words: inout Column<UInt32>) {
      resultLength += length
      extend(Step.copy, UInt32(length), &words)
    }

    mutating func skip(_ length: Int, _ words: inout Column<UInt32>) {
      extend(Step.skip, UInt32(length), &words)
    }

    mutating func insert(_ label: Label, _ words: inout Column<UInt32>, _ insertions: inout Insertions) {
      flush(&words)
      resultLength += LabelEncoding.length(of: label)
      words.append(Step.insert | insertions.index(of: label))
    }

    mutating func flush(_ words: inout Column<UInt32>) {
      if let pending { words.append(pending) }
      pending = nil
    }

    private mutating func extend(_ operation: UInt32, _ length: UInt32, _ words: inout Column<UInt32>) {
      if let pending, pending & Step.operation == operation {
        self.pending = pending + length
      } else {
        flush(&words)
        pending = operation | length
      }
    }
  }
}
