import Rules

extension Configuration.Backend {
  /// What a backend of any type has. `type` and the keys of the destination stand in the same mapping.
  static let section = Section<Self>([
    Field("namespace", \.namespace, .namespace),
    Field("external_labels", \.externalLabels, .externalLabels),
    Field("write_relabel_configs", \.writeRelabelConfigs, .list(of: RelabelConfig.reading)),
    Field("best_effort", \.isBestEffort, .bool),
    Field("batch", \.batch, Configuration.Batch.section.reading(from: Configuration.Batch())),
    Field(
      "sending_queue", \.sendingQueue, Configuration.SendingQueue.section.reading(from: Configuration.SendingQueue())),
    Field("retry_on_failure", \.retryOnFailure, Configuration.RetryOnFailure.reading),
    Field("catch_up", \.catchUp, Configuration.CatchUp.section.reading(from: Configuration.CatchUp())),
  ])

  static let readingOfAll = Reading<[Self]>(keys: all.keys) { node, reader in
    if case .mapping(let entries) = node.content, !entries.isEmpty { reader.backendNames = entries.map(\.key) }
    guard let backends = all.read(node, reader) else { return nil }
    if backends.isEmpty { reader.report("at least one is needed", at: node) }
    return backends.map(\.value)
  }

  private static let all = Reading<[(name: String, value: Self)]>.mapping(
    of: reading, keys: [".type"] + section.keys + Configuration.RemoteWrite.section.keys,
    names: { name in Names.complaint(ofName: name).map { "the name of a backend \($0)" } })

  private static func reading(name: String) -> Reading<Self> {
    Reading { node, reader in
      guard let entries = node.entries(reader) else { return nil }
      var given = Given(node: node, entries: entries)
      let known = ["type"] + section.fields.map { $0.key } + Configuration.RemoteWrite.section.fields.map { $0.key }
      given.reportUnknown(besides: known, reader)
      var backend = Self(name: name)
      section.read(&given, into: &backend, reader)
      checkQueue(backend, given, reader)
      guard let destination = destination(&given, reader) else { return nil }
      backend.destination = destination
      return backend
    }
  }

  private enum Kind: String, CaseIterable { case remoteWrite = "remote_write", debug }

  private static func destination(_ given: inout Given, _ reader: Reader) -> Configuration.Destination? {
    given.require("type", reader)
    switch given["type"].flatMap({ Reading<Kind>.choice(Kind.allCases).read($0, reader) }) {
    case nil:  // Whichever it is, what is given must be right in itself.
      Configuration.RemoteWrite.check(&given, reader)
      return nil
    case .remoteWrite: return .remoteWrite(Configuration.RemoteWrite.read(&given, reader))
    case .debug:
      for field in Configuration.RemoteWrite.section.fields {
        if let node = given[field.key] { reader.report("has no meaning for type debug", at: node) }
      }
      return .debug
    }
  }

  /// A block that the queue cannot hold could never leave.
  private static func checkQueue(_ backend: Self, _ given: Given, _ reader: Reader) {
    guard given.isSound("batch", "sending_queue"), backend.sendingQueue.queueSize < backend.batch.maxBytes else {
      return
    }
    let queue = given["sending_queue"]
    let node = queue?.member("queue_size") ?? given["batch"]?.member("max_bytes") ?? given.node
    reader.report(
      "queue_size (\(backend.sendingQueue.queueSize)) is less than batch.max_bytes (\(backend.batch.maxBytes))",
      at: node)
  }
}

extension Configuration.Batch {
  static let section = Section<Self>([
    Field("send_batch_size", \.sendBatchSize, .integer(1...10_000_000)),
    Field("timeout", \.timeout, .duration(atLeast: .milliseconds(1))),
    Field("max_bytes", \.maxBytes, .size(1...1 << 30)),
  ])
}

extension Configuration.SendingQueue {
  static let section = Section<Self>([
    Field("num_consumers", \.numConsumers, .integer(1...1024)),
    Field("queue_size", \.queueSize, .size(1...Int.max)),
    Field("max_age", \.maxAge, .duration(atLeast: .seconds(1))),
    Field("on_full", \.onFull, .choice(Configuration.OnFull.allCases)),
    Field("shards_per_tenant", \.shardsPerTenant, .integer(1...1024)),
  ])
}

extension Configuration.CatchUp {
  static let section = Section<Self>([
    Field("order", \.order, .choice(Order.allCases)),
    Field("max_in_flight", \.maxInFlight, Reading.integer(1...1024).orNull),
    Field("max_samples_per_second", \.maxSamplesPerSecond, .integer(0...1_000_000_000)),
  ])
}

extension Configuration.RetryOnFailure {
  static let section = Section<Self>([
    Field("enabled", \.isEnabled, .bool),
    Field("initial_interval", \.initialInterval, .duration(atLeast: .milliseconds(1))),
    Field("max_interval", \.maxInterval, .duration(atLeast: .milliseconds(1))),
    Field("max_elapsed_time", \.maxElapsedTime, Reading.duration(atLeast: .zero).map { $0 == .zero ? nil : $0 }),
  ])

  static let reading = section.reading(from: Self()) { retry, given, reader in
    guard given.isSound("initial_interval", "max_interval"), retry.maxInterval < retry.initialInterval else { return }
    let node = given["max_interval"] ?? given["initial_interval"] ?? given.node
    reader.report(
      "max_interval (\(Quantity.text(retry.maxInterval))) is less than initial_interval "
        + "(\(Quantity.text(retry.initialInterval)))", at: node)
  }
}

extension Reading<String> {
  fileprivate static let namespace = scalar("a string") { (scalar) throws(Complaint) in
    guard scalar.text.isEmpty || Names.isMetricNamePart(scalar.text) else {
      throw Complaint("\(scalar.shown) is not a prefix of metric names: letters, digits, _ and :, not a digit first")
    }
    return scalar.text
  }
}

extension Reading<[String: String]> {
  fileprivate static let externalLabels = Reading<[(name: String, value: String)]>.mapping(
    of: { _ in .string() },
    names: { name in
      guard Names.isLabelName(name) else { return "not a label name: \(Names.labelNameRule)" }
      return name == "__name__" ? "the name of a metric is no external label; see namespace" : nil
    }
  ).map { Dictionary($0.map { ($0.name, $0.value) }) { first, _ in first } }
}

extension Node {
  /// The value of `key` when this is a mapping that has it.
  func member(_ key: String) -> Node? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.value
  }
}
