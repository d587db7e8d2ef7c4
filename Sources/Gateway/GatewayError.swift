internal import Outbound

/// Why the gateway cannot start, or cannot take a configuration: a sentence for the operator.
public struct GatewayError: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }

  init(_ error: DeliveryError) {
    switch error {
    case .backend(let name, let error): self.init("backends.\(name).\(error)")
    case .duplicate(let name): self.init("backends: there is more than one \"\(name)\"")
    case .typeChanged(let name, let old, let new):
      self.init(
        "backends.\(name).type: what waits for \"\(name)\" was made for \(old), not for \(new): "
          + "give the new one another name")
    case .unavailable(let reason): self.init("cannot send: \(reason)")
    }
  }
}
