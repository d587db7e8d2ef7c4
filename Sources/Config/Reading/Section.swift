/// The keys of one kind of mapping: the table by which it is read, and all that is known of its keys.
struct Section<Owner>: Sendable {
  let fields: [Field<Owner>]
  private let names: [String]

  init(_ fields: [Field<Owner>]) {
    self.fields = fields
    names = fields.map(\.key)
  }

  /// Relative paths of all keys, those of nested sections included.
  var keys: [String] { fields.flatMap { field in [".\(field.key)"] + field.keys.map { ".\(field.key)\($0)" } } }

  /// Reads what `node` gives into `owner`, whose values are the defaults; nil when `node` is no mapping.
  func read(_ node: Node, into owner: inout Owner, _ reader: Reader) -> Given? {
    guard let entries = node.entries(reader) else { return nil }
    var given = Given(node: node, entries: entries)
    given.reportUnknown(besides: names, reader)
    read(&given, into: &owner, reader)
    return given
  }

  /// The same for a mapping that more than one section reads; unknown keys are the caller's to report.
  func read(_ given: inout Given, into owner: inout Owner, _ reader: Reader) {
    for field in fields {
      guard let node = given[field.key] else { continue }
      let before = reader.problems.count
      field.read(node, reader, &owner)
      // What stands for a value that could not be had is reported already.
      if reader.problems.count > before || node.isBroken { given.failed.insert(field.key) }
    }
  }
}

/// One key, where its value goes, and how it is read.
struct Field<Owner>: Sendable {
  let key: String
  /// Relative paths of the keys below.
  let keys: [String]
  /// Leaves the owner as it is when the value is refused.
  let read: @Sendable (Node, Reader, inout Owner) -> Void

  init<Value>(_ key: String, _ path: any WritableKeyPath<Owner, Value> & Sendable, _ reading: Reading<Value>) {
    self.key = key
    keys = reading.keys
    read = { node, reader, owner in
      if let value = reading.read(node, reader) { owner[keyPath: path] = value }
    }
  }
}

extension Section {
  /// The section as a value that starts as `initial`; `check` sees what was given and reports what does not go together.
  func reading(
    from initial: Owner, check: @escaping @Sendable (Owner, Given, Reader) -> Void = { _, _, _ in }
  ) -> Reading<Owner> where Owner: Sendable {
    Reading(keys: keys) { node, reader in
      var owner = initial
      guard let given = self.read(node, into: &owner, reader) else { return nil }
      check(owner, given, reader)
      return owner
    }
  }
}
