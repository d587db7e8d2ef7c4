import Inbound
import Model
import Rules
import Testing

@testable import Gateway

extension Response {
  func header(_ name: String) -> String? { Headers(headers).first(name) }
  var text: String { String(decoding: body, as: UTF8.self) }
}

@Suite struct AnswerWriterTests {
  private var refusals: Refusals {
    var refusals = Refusals()
    refusals.add(.noRoute, count: 3, detail: "no route takes 3 series")
    return refusals
  }

  @Test func `a remote write that was taken is answered with 204 and nothing`() {
    #expect(AnswerWriter.taken(.remoteWrite, refusals: Refusals()) == Response(204))
  }

  @Test func `a remote write of which some was refused is answered with 400 and the reasons`() {
    let response = AnswerWriter.taken(.remoteWrite, refusals: refusals)
    #expect(response.status == 400)
    #expect(response.text == "no route takes 3 series\n")
    #expect(response.header("Content-Type") == "text/plain; charset=utf-8")
  }

  @Test func `an export that was taken is answered with 200 and an empty message`() {
    let response = AnswerWriter.taken(.otlpProtobuf, refusals: Refusals())
    #expect(response.status == 200)
    #expect(response.body == [])
    #expect(response.header("Content-Type") == "application/x-protobuf")
  }

  @Test func `an export of which some was refused is a partial success`() {
    let written = SeriesCounts(series: 1, samples: 1, histograms: 0, exemplars: 0)
    let response = AnswerWriter.taken(.otlpProtobuf, refusals: refusals, written: written)
    #expect(response.status == 200)
    #expect(PartialSuccess(response.body) == PartialSuccess(3, "no route takes 3 series"))
  }

  @Test(arguments: [WireFormat.otlpProtobuf, .otlpJSON])
  func `an export of which all was refused is 400`(_ format: WireFormat) {
    let response = AnswerWriter.taken(format, refusals: refusals)
    #expect(response.status == 400)
    #expect(response.text.contains("no route takes 3 series"))
  }

  @Test(arguments: [429, 503], [WireFormat.remoteWrite, .otlpProtobuf, .otlpJSON])
  func `who may come again is told when`(_ status: Int, _ format: WireFormat) {
    #expect(AnswerWriter.refused(format, status, "later", retryAfter: 17).header("Retry-After") == "17")
    #expect(AnswerWriter.refused(format, status, "later").header("Retry-After") == "5")
  }

  @Test(arguments: [400, 401, 403, 404, 405, 413, 415, 500], [WireFormat.remoteWrite, .otlpProtobuf, .otlpJSON])
  func `who need not come again is told no time`(_ status: Int, _ format: WireFormat) {
    #expect(AnswerWriter.refused(format, status, "no", retryAfter: 17).header("Retry-After") == nil)
  }

  @Test(arguments: [nil, WireFormat.remoteWrite])
  func `a refusal outside of OTLP is a line of text`(_ format: WireFormat?) {
    let response = AnswerWriter.refused(format, 404, "no such path")
    #expect(response.status == 404)
    #expect(response.text == "no such path\n")
    #expect(response.header("Content-Type") == "text/plain; charset=utf-8")
  }

  // google.rpc.Code: 3 invalid argument, 16 unauthenticated, 7 permission denied, 12 unimplemented, 8 resource
  // exhausted, 14 unavailable, 2 unknown.
  @Test(arguments: [(400, 3), (401, 16), (403, 7), (404, 12), (415, 2), (413, 2), (429, 8), (503, 14)])
  func `a refusal of OTLP is a Status with the code that belongs to it`(_ status: Int, _ code: UInt64) {
    let response = AnswerWriter.refused(.otlpProtobuf, status, "because")
    #expect(response.status == status)
    #expect(OTLPStatus(response.body) == OTLPStatus(code, "because"))
    #expect(response.header("Content-Type") == "application/x-protobuf")
  }

  @Test func `headers that are given stay`() {
    let response = AnswerWriter.refused(.otlpProtobuf, 405, "POST only", headers: [HeaderField("Allow", "POST")])
    #expect(response.header("Allow") == "POST")
  }
}
