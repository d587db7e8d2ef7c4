import Model

/// The attributes that say which job and instance a resource is. Of several with one key the first counts.
struct Identity {
  var name: AnyValue?
  var namespace: AnyValue?
  var instance: AnyValue?

  /// Takes an attribute if it is one of the three; false if it tells something else.
  mutating func take(_ key: UnsafeRawBufferPointer, _ value: AnyValue) -> Bool {
    switch Self.role(of: key) {
    case .name: name = name ?? value
    case .namespace: namespace = namespace ?? value
    case .instance: instance = instance ?? value
    case nil: return false
    }
    return true
  }

  static func isIdentifying(_ key: UnsafeRawBufferPointer) -> Bool { role(of: key) != nil }

  private enum Role { case name, namespace, instance }

  private static func role(of key: UnsafeRawBufferPointer) -> Role? {
    switch key.count {
    case 12: key.hasSameBytes(as: ("service.name" as StaticString).bytes) ? .name : nil
    case 17: key.hasSameBytes(as: ("service.namespace" as StaticString).bytes) ? .namespace : nil
    case 19: key.hasSameBytes(as: ("service.instance.id" as StaticString).bytes) ? .instance : nil
    default: nil
    }
  }
}
