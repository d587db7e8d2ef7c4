/// Label names of attribute keys, in the way of Prometheus (otlptranslator).
struct LabelNaming {
  let escapes: Bool
  let sanitizesUnderscores: Bool
  let preservesUnderscores: Bool

  init(_ settings: OTLPSettings) {
    escapes = settings.strategy.escapes
    sanitizesUnderscores = settings.sanitizesLabelUnderscores
    preservesUnderscores = settings.preservesMultipleUnderscores
  }

  /// The label's name, or nil where none can be made of `key`.
  func name(_ key: [UInt8]) -> [UInt8]? {
    if key.isEmpty { return nil }
    guard escapes else { return key.allSatisfy { $0 == underscore } ? nil : key }
    var name = preservesUnderscores ? Self.replaced(key[...], collapsing: false) : Self.collapsed(key)
    if name.first?.isDigit == true {
      name = Array("key_".utf8) + name
    } else if sanitizesUnderscores, name.first == underscore, name.dropFirst().first != underscore {
      name = Array("key".utf8) + name
    }
    return name.allSatisfy { $0 == underscore } ? nil : name
  }

  /// Runs become one underscore, but two around the whole name, which mark a reserved one, stay.
  private static func collapsed(_ key: [UInt8]) -> [UInt8] {
    let mark = [underscore, underscore]
    guard key.count >= 4, key.starts(with: mark), key.suffix(2).elementsEqual(mark) else {
      return replaced(key[...], collapsing: true)
    }
    return mark + replaced(key.dropFirst(2).dropLast(2), collapsing: true) + mark
  }

  /// One underscore for each character that is no letter or digit; a byte that is not UTF-8 counts as one.
  private static func replaced(_ key: ArraySlice<UInt8>, collapsing: Bool) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(key.count)
    key.withUnsafeBufferPointer { key in
      guard let start = key.baseAddress else { return }
      var at = 0
      while at < key.count {
        let length = max(UTF8Text.scalarLength(start, at: at, end: key.count), 1)
        if start[at].isLetterOrDigit {
          out.append(start[at])
        } else if !collapsing || out.last != underscore {
          out.append(underscore)
        }
        at += length
      }
    }
    return out
  }
}
