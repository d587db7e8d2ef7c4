import Model
import Testing

@testable import Wire

@Suite struct OTLPResponseTests {
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func `a full success is empty`() {
    #expect(OTLPResponse.exportResponse(rejected: 0, message: "", .protobuf).isEmpty)
    #expect(text(OTLPResponse.exportResponse(rejected: 0, message: "", .json)) == "{}")
  }

  @Test func `a partial success tells how many points and why`() {
    #expect(
      OTLPResponse.exportResponse(rejected: 3, message: "bad", .protobuf)
        == [0x0A, 7, 0x08, 3, 0x12, 3, 0x62, 0x61, 0x64])
    #expect(
      text(OTLPResponse.exportResponse(rejected: 3, message: "bad", .json))
        == #"{"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"bad"}}"#)
  }

  @Test func `a warning rejects nothing`() {
    var refusals = Refusals()
    refusals.add(.invalidExemplar, count: 0, detail: "careful \"you\"")
    #expect(
      text(OTLPResponse.exportResponse(refusals, .json)) == #"{"partialSuccess":{"errorMessage":"careful \"you\""}}"#)
  }

  @Test func `a failure is a status`() {
    #expect(OTLPResponse.status(code: 3, message: "no", .protobuf) == [0x08, 3, 0x12, 2, 0x6E, 0x6F])
    #expect(text(OTLPResponse.status(code: 14, message: "a\nb", .json)) == #"{"code":14,"message":"a\nb"}"#)
  }

  @Test func `a failure to read the request tells the field in a BadRequest`() throws {
    let fault = WireError(.truncated, at: 7, path: ["resource_metrics", "scope"])
    #expect(
      text(OTLPResponse.status(code: 3, message: "m", fault: fault, .json))
        == #"{"code":3,"message":"m","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","#
        + #""fieldViolations":[{"field":"resource_metrics.scope","#
        + #""description":"the message ends inside a value (byte 7)"}]}]}"#)
    let violation = Message().text(1, "resource_metrics.scope").text(2, "the message ends inside a value (byte 7)")
    let detail = Message().text(1, "type.googleapis.com/google.rpc.BadRequest")
      .message(2, Message().message(1, violation))
    #expect(
      OTLPResponse.status(code: 3, message: "m", fault: fault, .protobuf)
        == Message().varint(1, 3).text(2, "m").message(3, detail).bytes)
  }

  @Test(arguments: [
    (400, 3), (401, 16), (403, 7), (404, 12), (413, 2), (429, 8), (500, 2), (502, 14), (503, 14), (504, 14),
  ])
  func `each HTTP status has its code`(_ status: Int, _ code: Int32) {
    #expect(OTLPResponse.code(forHTTPStatus: status) == code)
  }
}
