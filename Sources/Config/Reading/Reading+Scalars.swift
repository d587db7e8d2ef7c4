extension Reading {
  /// A single value of a type called `expected`, made of its text by `parse`.
  ///
  /// - Parameters:
  ///   - kind: how JSON writes it.
  ///   - takesGroups: whether `${…}` may stand in it as it is, for a regex to fill.
  static func scalar(
    _ expected: String, kind: ScalarKind = .text, takesGroups: Bool = false,
    _ parse: @escaping @Sendable (Scalar) throws(Complaint) -> Value
  ) -> Self {
    Self { node, reader in
      reader.note(kind, at: node)
      switch node.content {
      case .scalar(let scalar) where scalar.hasTypes && scalar.isPlain && !scalar.isNull && kind.isText:
        reader.report("expected a string, got \(scalar.text)", at: node)
        return nil
      case .scalar(let scalar) where !scalar.isNull:
        if !takesGroups, let complaint = scalar.complaintOfUnexpanded {
          reader.report(complaint, at: node)
          return nil
        }
        do throws(Complaint) {
          return try parse(scalar)
        } catch {
          reader.report(error.message, at: node)
          return nil
        }
      case .broken: return nil
      case .scalar, .list, .mapping:
        reader.report("expected \(expected), got \(node.kind)", at: node)
        return nil
      }
    }
  }

  /// A single value whose text `parse` takes; its complaints are put behind the text.
  static func text(
    _ expected: String, kind: ScalarKind = .text, _ parse: @escaping @Sendable (String) throws(Complaint) -> Value
  ) -> Self {
    scalar(expected, kind: kind) { (scalar) throws(Complaint) in
      do throws(Complaint) { return try parse(scalar.text.copied) } catch {
        throw Complaint("\(scalar.shown) \(error.message)")
      }
    }
  }

  /// One of `cases`, by raw value.
  static func choice(_ cases: [Value], ignoringCase: Bool = false) -> Self
  where Value: RawRepresentable & Sendable, Value.RawValue == String {
    let names = cases.map(\.rawValue)
    let expected = names.count == 1 ? names.joined() : "one of " + names.joined(separator: ", ")
    return scalar(expected) { (scalar) throws(Complaint) in
      let text = ignoringCase ? scalar.text.lowercased() : scalar.text
      if let value = cases.first(where: { $0.rawValue == text }) { return value }
      let suggestion = names.count > 1 ? Suggestion.question(Suggestion.closest(to: scalar.text, among: names)) : ""
      throw Complaint("expected \(expected), got \(scalar.shown)\(suggestion)")
    }
  }
}

extension Scalar {
  /// JSON as it is read here has no integer so large: it is written as a string.
  fileprivate func isBeyondJSON(_ number: Int128) -> Bool { hasTypes && Int64(exactly: number) == nil }

  /// `${HOME}` is most often meant to be `${env:HOME}`, and must not pass as a password of seven characters.
  fileprivate var complaintOfUnexpanded: String? {
    guard let unexpanded else { return nil }
    let inner = unexpanded.dropFirst(2)
    return "\(unexpanded) is not expanded: write ${env:\(inner), or $${\(inner) for the text itself"
  }
}

extension Reading<String> {
  /// Any text, of a number or a boolean too, as it is written.
  static func string(takesEmpty: Bool = false, takesGroups: Bool = false) -> Self {
    scalar("a string", takesGroups: takesGroups) { (scalar) throws(Complaint) in
      guard takesEmpty || !scalar.text.isEmpty else { throw Complaint("must not be empty") }
      return scalar.text.copied
    }
  }

  static let labelName = text("a label name") { (text) throws(Complaint) in
    guard Names.isLabelName(text) else { throw Complaint("is not a label name: \(Names.labelNameRule)") }
    return text
  }

  static let headerName = text("a header name") { (text) throws(Complaint) in
    if let complaint = Names.complaint(ofHeader: text) { throw Complaint(complaint) }
    return text
  }

  static let tenant = text("a tenant") { (text) throws(Complaint) in
    if let complaint = Names.complaint(ofTenant: text) { throw Complaint(complaint) }
    return text
  }

  /// The name of a route.
  static let name = text("a name") { (text) throws(Complaint) in
    if let complaint = Names.complaint(ofName: text) { throw Complaint(complaint) }
    return text
  }

  /// A path, made relative to the working directory from relative to the configuration's folder. A file that is not there
  /// yet may be so when it is wanted.
  static let path = Self { node, reader in
    guard let text = Reading.string().read(node, reader) else { return nil }
    let path = TextFile.resolve(text, in: reader.folder)
    if !TextFile.isReadable(path) { reader.warn("the file cannot be read now", at: node) }
    return path
  }
}

extension Reading<Bool> {
  static let bool = scalar("true or false", kind: .plain) { (scalar) throws(Complaint) in
    switch (scalar.isString, scalar.text) {
    case (false, "true"): return true
    case (false, "false"): return false
    default: throw Complaint("expected true or false, got \(scalar.isString ? "the string " : "")\(scalar.shown)")
    }
  }
}

extension Reading where Value: FixedWidthInteger & Sendable {
  static func integer(_ range: ClosedRange<Value> = .min ... .max) -> Self {
    scalar("a whole number", kind: .plain) { (scalar) throws(Complaint) in
      guard let number = Int128(scalar.text), !scalar.isString || scalar.isBeyondJSON(number) else {
        throw Complaint("expected a whole number, got \(scalar.isString ? "the string " : "")\(scalar.shown)")
      }
      if number < range.lowerBound { throw Complaint("must be at least \(range.lowerBound)") }
      if number > range.upperBound { throw Complaint("must be at most \(range.upperBound)") }
      return Value(number)
    }
  }
}

extension Reading<Int> {
  /// Bytes.
  static func size(_ range: ClosedRange<Int>) -> Self {
    text("a size", kind: .quantity) { (text) throws(Complaint) in
      guard let bytes = Quantity.bytes(text) else {
        throw Complaint("is not a size, such as 64MiB, 1GB or plain bytes")
      }
      if bytes < range.lowerBound { throw Complaint("is too small: at least \(range.lowerBound) bytes") }
      if bytes > range.upperBound { throw Complaint("is too large: at most \(range.upperBound) bytes") }
      return bytes
    }
  }
}

extension Reading<Duration> {
  static func duration(atLeast least: Duration) -> Self {
    text("a duration", kind: .quantity) { (text) throws(Complaint) in
      guard let duration = Quantity.duration(text) else {
        let unit = text.allSatisfy(\.isNumber) ? ": it has no unit" : ""
        throw Complaint("is not a duration, such as 500ms, 1m30s or 24h\(unit)")
      }
      guard duration >= least else { throw Complaint("is too short: at least \(Quantity.text(least))") }
      return duration
    }
  }
}

/// Why `text` cannot be a secret, whatever it is for.
private func complaint(ofSecret text: String) -> String? {
  if text == ConfigurationDocument.mask { return "is what stands for a secret where it is not shown, not the secret" }
  return text.isEmpty ? "must not be empty" : nil
}

extension Reading<Secret> {
  /// Its messages do not show it.
  static func secret(_ check: @escaping @Sendable (String) -> String? = { _ in nil }) -> Self {
    Self { node, reader in
      reader.note(.secret, at: node)
      guard case .scalar(let scalar) = node.content, !scalar.isNull else {
        if node.isBroken { return nil }
        let got = node.isNull ? "null" : "a list or a mapping"
        reader.report("expected a string, got \(got)", at: node)
        return nil
      }
      if scalar.hasTypes, scalar.isPlain {
        reader.report("expected a string", at: node)
        return nil
      }
      let complaint = scalar.complaintOfUnexpanded ?? complaint(ofSecret: scalar.text) ?? check(scalar.text)
      guard let complaint else { return Secret(scalar.text) }
      reader.report(complaint, at: node)
      return nil
    }
  }
}
