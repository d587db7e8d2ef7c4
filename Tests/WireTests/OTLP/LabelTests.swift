import Model
import Testing

@testable import Wire

@Suite struct LabelTests {
  private func series(
    _ attributes: [Message], resource: [Message] = [], _ change: (inout OTLPSettings) -> Void = { _ in }
  ) throws -> [DecodedSeries] {
    var settings = OTLPSettings()
    change(&settings)
    return try DecodedBatch(
      OTLP.request(resource: resource, [OTLP.gauge("m", [OTLP.number(1, attributes)])]), settings
    ).series
  }

  private func value(_ value: Message) throws -> String? { try series([OTLP.attribute("k", value)]).first?["k"] }

  @Test func `values of one label are joined in the order of their keys, and job is the resource's`() throws {
    let keys = ["b-x", "b.x", "b_x", "a.x", "job", "le", "otel_scope_name", "service.name"]
    let all = try series(
      keys.map { OTLP.string($0, "v-\($0)") },
      resource: [
        OTLP.string("service.namespace", "ns"), OTLP.string("service.name", "svc"),
        OTLP.string("service.instance.id", "inst"), OTLP.string("k8s.pod.name", "p1"), OTLP.string("a.x", "res"),
      ])
    #expect(
      all.map(\.text) == [
        #"{__name__="m",a_x="v-a.x",b_x="v-b-x;v-b.x;v-b_x",instance="inst",job="ns/svc",le="v-le","#
          + #"otel_scope_name="v-otel_scope_name",service_name="v-service.name"}"#,
        #"{__name__="target_info",a_x="res",instance="inst",job="ns/svc",k8s_pod_name="p1"}"#,
      ])
  }

  @Test(
    arguments: [
      (["", "x"], "x"), (["x", ""], "x;"), (["same", "same"], "same;same"), (["", ""], nil),
      (["a", "b", "c"], "a;b;c"),
    ] as [([String], String?)])
  func `an empty value in front counts as absent, one behind does not`(_ values: [String], _ joined: String?) throws {
    let keys = ["k-", "k.", "k/"]
    #expect(try series(zip(keys, values).map { OTLP.string($0, $1) }).first?["k_"] == joined)
  }

  @Test func `twins with one key are joined in the order of the message`() throws {
    #expect(try series([OTLP.string("k", "2"), OTLP.string("k", "1")]).first?["k"] == "2;1")
  }

  @Test func `many attributes are sorted and joined as few are`() throws {
    let attributes = (0..<500).map { OTLP.string("key.\($0 % 250)", "\($0)") }.reversed()
    let labels = try #require(series(Array(attributes)).first).labels.filter { $0.name != "__name__" }
    #expect(labels.count == 250)
    #expect(
      labels.allSatisfy { label in
        let number = Int(label.name.dropFirst(4)) ?? -1
        return label.value == "\(number + 250);\(number)"
      })
  }

  @Test func `names that begin alike are told apart`() throws {
    let keys = ["abcdefgh", "abcdefghi", "abcdefg", "abcdefgha", "abcdefghij"]
    #expect(
      try series(keys.map { OTLP.string($0, $0) }).first?.text
        == #"{__name__="m",abcdefg="abcdefg",abcdefgh="abcdefgh",abcdefgha="abcdefgha",abcdefghi="abcdefghi","#
        + #"abcdefghij="abcdefghij"}"#)
  }

  @Test func `upper case comes before the metric's name`() throws {
    #expect(
      try series([OTLP.string("Zone", "z"), OTLP.string("a", "b"), OTLP.string("__a", "c")]).first?.text
        == #"{Zone="z",__a="c",__name__="m",a="b"}"#)
  }

  @Test func `a point cannot rename its metric`() throws {
    let keys = ["__name__", "._name__", ".-name.."]
    #expect(try series(keys.map { OTLP.string($0, "other") }).first?.text == #"{__name__="m"}"#)
  }

  @Test(
    arguments: [
      (Message().text(1, "text"), "text"),
      (Message().varint(2, 1), "true"),
      (Message().varint(2, 0), "false"),
      (Message().varint(3, UInt64(bitPattern: -5)), "-5"),
      (Message().double(4, 1e21), "1e+21"),
      (Message().double(4, 1), "1"),
      (Message().double(4, .nan), "NaN"),
      (Message().double(4, -.infinity), "-Infinity"),
      (Message().data(7, [1, 2]), "AQI="),
      (Message().data(7, [1, 2, 3]), "AQID"),
      (Message().data(7, []), nil),
      (Message(), nil),
      (Message().text(1, ""), nil),
      (Message().message(5, Message()), "[]"),
      (Message().message(6, Message()), "{}"),
      (Message().text(1, "first").varint(3, 2), "2"),
      (Message().varint(3, 2).text(1, "last"), "last"),
      (Message().varint(8, 2), nil),
      (Message().message(5, Message().message(1, Message().double(4, .nan))), nil),
    ] as [(Message, String?)])
  func `an attribute's value has the text that Prometheus gives it`(_ given: Message, _ text: String?) throws {
    #expect(try value(given) == text)
  }

  @Test func `arrays and maps become compact JSON`() throws {
    func string(_ text: String) -> Message { Message().text(1, text) }
    let array = Message().messages(
      1,
      [
        string("a"), Message().varint(3, 1), Message().double(4, 1), Message().double(4, 1e21), Message().varint(2, 1),
        Message(), Message().data(7, [1, 2]), Message().message(6, Message().message(1, OTLP.int("k", 1))),
      ])
    #expect(try value(Message().message(5, array)) == #"["a",1,1,1e+21,true,null,"AQI=",{"k":1}]"#)
    let map = Message().messages(
      1,
      [
        OTLP.string("z", "1"), OTLP.int("a", 1), OTLP.int("a", 2), OTLP.attribute("n", Message()),
        OTLP.attribute("l", Message().message(5, Message().message(1, string("q")))),
      ])
    #expect(try value(Message().message(6, map)) == #"{"a":2,"l":["q"],"n":null,"z":"1"}"#)
    let odd = Message().message(5, Message().message(1, string("\"\\/\u{8}\n\u{1}\u{2028}<é\u{7F}")))
    #expect(try value(odd) == "[\"\\\"\\\\/\\b\\n\\u0001\\u2028<é\u{7F}\"]")
  }

  @Test func `values nested too deep are an error, not a crash`() {
    var nested = Message().text(1, "x")
    for _ in 0..<2000 { nested = Message().message(5, Message().message(1, nested)) }
    #expect(throws: WireError.self) { try value(nested) }
  }

  @Test func `what is not UTF-8 is repaired`() throws {
    #expect(try value(Message().data(1, [0x61, 0xFF, 0x62])) == "a\u{FFFD}b")
    #expect(try value(Message().text(1, "grün")) == "grün")
    let name = Message().data(1, [0x61, 0xC3, 0x62]).message(5, Message().message(1, OTLP.number(1)))
    #expect(try DecodedBatch(OTLP.request([name])).series.first?.name == "a_b")
  }

  @Test(
    arguments: [
      ([("service.name", "svc")], "svc", nil),
      ([("service.name", "svc"), ("service.namespace", "")], "/svc", nil),
      ([("service.name", ""), ("service.namespace", "ns")], "ns/", nil),
      ([("service.namespace", "ns")], nil, nil),
      ([("service.instance.id", "i")], nil, "i"),
      ([("service.name", "one"), ("service.name", "two")], "one", nil),
    ] as [([(String, String)], String?, String?)])
  func `job and instance are made of the service's attributes`(
    _ resource: [(String, String)], _ job: String?, _ instance: String?
  ) throws {
    let series = try #require(series([], resource: resource.map { OTLP.string($0, $1) }).first)
    #expect(series["job"] == job)
    #expect(series["instance"] == instance)
  }

  @Test func `a point's own job stays where the resource has none`() throws {
    #expect(try series([OTLP.string("job", "own")]).first?["job"] == "own")
  }

  @Test func `long names and values arrive whole`() throws {
    let key = String(repeating: "k", count: 3000)
    let text = String(repeating: "v", count: 40_000)
    let name = String(repeating: "n", count: 5000)
    let batch = try DecodedBatch(OTLP.request([OTLP.gauge(name, [OTLP.number(1, [OTLP.string(key, text)])])]))
    #expect(batch.series.first?.text == "{__name__=\"\(name)\",\(key)=\"\(text)\"}")
  }

  @Test func `more names than are remembered come out right`() throws {
    let decoder = OTLPMetricsDecoder()
    for round in 0..<3 {
      let metrics = (0..<5000).map { number in
        OTLP.gauge("m.\(round).\(number)", [OTLP.number(1, [OTLP.string("k.\(round).\(number)", "v")])])
      }
      let batch = try DecodedBatch(OTLP.request(metrics), decoder)
      #expect(batch.series.map(\.text) == (0..<5000).map { "{__name__=\"m_\(round)_\($0)\",k_\(round)_\($0)=\"v\"}" })
    }
  }
}
