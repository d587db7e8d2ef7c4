import Outbound
import Testing
import Wire

@testable import Load

@Suite struct Judgements {
  @Test(arguments: [200, 202, 204])
  func `a success is accepted`(_ status: Int) {
    #expect(Judgement(status: status, .remoteWrite) == .accepted)
    #expect(Judgement(status: status, .otlp) == .accepted)
  }

  @Test(arguments: [429, 500, 502, 503, 504])
  func `an overloaded server is asked again when it says`(_ status: Int) {
    #expect(Judgement(status: status, retryAfter: "7", .otlp) == .retry(after: .seconds(7), reason: "HTTP \(status)"))
  }

  @Test(arguments: ["", "-1", "soon", "Wed, 21 Oct 2015 07:28:00 GMT"])
  func `a Retry-After that is no number of seconds is a second`(_ text: String) {
    #expect(Judgement(status: 503, retryAfter: text, .otlp) == .retry(after: .seconds(1), reason: "HTTP 503"))
  }

  @Test(arguments: [301, 400, 401, 403, 404, 413])
  func `other statuses are refusals with the server's words`(_ status: Int) {
    let body = Array("out of order\nmore".utf8)
    #expect(Judgement(status: status, body: body, .remoteWrite) == .refused(reason: "HTTP \(status): out of order"))
  }

  @Test func `a partial success is a refusal`() {
    let body = OTLPResponse.exportResponse(rejected: 3, message: "too old", .protobuf)
    #expect(Judgement(status: 200, body: body, .otlp) == .refused(reason: "3 data points rejected: too old"))
  }

  @Test func `a warning is none`() {
    let body = OTLPResponse.exportResponse(rejected: 0, message: "be careful", .protobuf)
    #expect(Judgement(status: 200, body: body, .otlp) == .accepted)
  }

  @Test func `no answer is a reason to try again, a bad URL is not`() {
    #expect(Judgement(.failed("reset")) == .retry(after: .seconds(1), reason: "reset"))
    #expect(Judgement(.badURL("no")) == .refused(reason: "no"))
  }
}
