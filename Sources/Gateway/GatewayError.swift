/// Why the gateway cannot start, or cannot take a configuration: a sentence for the operator.
public struct GatewayError: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
