import Config
import Outbound
import Rules
import Testing

@testable import Gateway

@Suite struct GatewayErrorTests {
  @Test(arguments: [
    (DeliveryError.backend("a", BackendError("tls.ca_file", "is no file")), "backends.a.tls.ca_file: is no file"),
    (.duplicate("a"), "backends: there is more than one \"a\""),
    (.unavailable("no thread"), "cannot send: no thread"),
    (
      .typeChanged("a", from: "debug", to: "remote_write"),
      "backends.a.type: what waits for \"a\" was made for debug, not for remote_write: give the new one another name"
    ),
  ])
  func `what keeps the delivery from going on is told as a sentence`(_ error: DeliveryError, _ sentence: String) {
    #expect(GatewayError(error).description == sentence)
  }

  @Test func `routes that cannot be compiled are told with their place`() throws {
    let unchecked = try load("backends: {a: {type: debug}}\nroutes: [{name: r, send: [a]}]\n")
    var broken = unchecked
    broken.routes[0].match.series = ["{"]
    let error = #expect(throws: GatewayError.self) { try IngestContext.compile(broken) }
    #expect(error?.description.hasPrefix("routes[0].match.series[0]: at character 2: ") == true)
  }
}
