internal import Memory
internal import Model

/// The names of the series of a part, by which its metadata are told from those of other tenants.
struct FamilyNames {
  private var names: Set<String> = []

  init(of part: SeriesBatch) {
    var last: UnsafeRawBufferPointer?
    for index in 0..<part.series.count {
      guard let name = part.labels(of: part.series[index]).value(of: Self.label) else { continue }
      if let last, last.hasSameBytes(as: name) { continue }
      last = name
      names.insert(name.text)
    }
  }

  /// Whether a series of the part is one of `family`: by its name, or with one of the endings that types have.
  func contains(_ family: UnsafeRawBufferPointer) -> Bool {
    let family = family.text
    return Self.endings.contains { names.contains(family + $0) }
  }

  private static let endings = ["", "_bucket", "_count", "_sum", "_total", "_created", "_info", "_gcount", "_gsum"]

  private static var label: UnsafeRawBufferPointer {
    let text: StaticString = "__name__"
    return UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }
}
