import Testing

@testable import Load

/// Answers as the backends gave them, shortened.
@Suite struct QueryAnswers {
  private let query = Query(labels: [SeriesLabel("load_tenant", "o'b\"\\")], seconds: 100..<160)
  private let up = FoundSeries(
    labels: [SeriesLabel("__name__", "up"), SeriesLabel("job", "a")],
    samples: [FoundSample(time: 1_795_475_766_811, value: 51684), FoundSample(time: 1_795_475_767_061, value: 0.125)])

  @Test func `Prometheus is asked for a range of raw samples`() {
    #expect(
      PrometheusQuery.path(query, database: nil)
        == "/api/v1/query?query=%7Bload_tenant%3D%22o%27b%5C%22%5C%5C%22%7D%5B60001ms%5D&time=160")
  }

  @Test func `Prometheus' matrix is read to the millisecond`() throws {
    let body = """
      {"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a"},\
      "values":[[1795475766.811,"51684"],[1795475767.061,"0.125"]]}]}}
      """
    #expect(try PrometheusQuery.series(in: Array(body.utf8)) == [up])
  }

  @Test func `VictoriaMetrics is asked for an export`() {
    #expect(
      VictoriaMetricsQuery.path(query, database: nil)
        == "/api/v1/export?match[]=%7Bload_tenant%3D%22o%27b%5C%22%5C%5C%22%7D&start=100&end=160")
  }

  @Test func `VictoriaMetrics' lines are read, a series each`() throws {
    let body = """
      {"metric":{"__name__":"up","job":"a"},"values":[51684,0.125],"timestamps":[1795475766811,1795475767061]}
      {"metric":{"__name__":"down"},"values":[1e3,null],"timestamps":[1,2]}

      """
    let found = try VictoriaMetricsQuery.series(in: Array(body.utf8))
    #expect(found.count == 2)
    #expect(found[0] == up)
    #expect(found[1].samples[0] == FoundSample(time: 1, value: 1000))
    #expect(found[1].samples[1].value.isNaN)
  }

  @Test func `InfluxDB is asked over all measurements`() {
    let path = InfluxQuery.path(query, database: "de mo")
    #expect(path.hasPrefix("/query?db=de%20mo&epoch=ms&q=SELECT%20value%20FROM%20%2F.%2A%2F%20WHERE%20"))
    #expect(path.contains("%22load_tenant%22%20%3D%20%27o%5C%27b%22%5C%5C%27%20AND%20time%20%3E%3D%20100000ms"))
    #expect(path.hasSuffix("time%20%3C%20160000ms%20GROUP%20BY%20%2A"))
  }

  @Test func `InfluxDB's tags are labels, empty ones are none`() throws {
    let body = """
      {"results":[{"statement_id":0,"series":[{"name":"up","tags":{"__name__":"up","job":"a","le":""},\
      "columns":["time","value"],"values":[[1795475766811,51684],[1795475767061,0.125]]}]}]}
      """
    #expect(try InfluxQuery.series(in: Array(body.utf8)) == [up])
  }

  @Test func `InfluxDB's measurement is the name where no tag is`() throws {
    let body = """
      {"results":[{"series":[{"name":"up","tags":{"job":"a"},"columns":["time","value"],\
      "values":[[1795475766811,51684],[1795475767061,0.125]]}]}]}
      """
    #expect(try InfluxQuery.series(in: Array(body.utf8)) == [up])
  }

  @Test func `an empty answer has no series`() throws {
    let matrix = #"{"status":"success","data":{"resultType":"matrix","result":[]}}"#
    #expect(try PrometheusQuery.series(in: Array(matrix.utf8)).isEmpty)
    #expect(try VictoriaMetricsQuery.series(in: []).isEmpty)
    #expect(try InfluxQuery.series(in: Array(#"{"results":[{"statement_id":0}]}"#.utf8)).isEmpty)
  }

  @Test(arguments: [
    (BackendKind.prometheus, #"{"status":"error","errorType":"bad_data","error":"parse error"}"#, "parse error"),
    (.influxdb, #"{"results":[{"statement_id":0,"error":"database not found: demo"}]}"#, "database not found: demo"),
    (.influxdb, #"{"error":"error parsing query"}"#, "error parsing query"),
  ])
  func `a backend's complaint is passed on`(_ kind: BackendKind, _ body: String, _ text: String) {
    #expect(throws: LoadError(text)) { try kind.language.series(in: Array(body.utf8)) }
  }

  @Test(
    arguments: BackendKind.allCases,
    [
      "<html>", "{}", "[]", "null", #"{"status":"success"}"#, #"{"metric":{}}"#, #"{"results":1}"#,
      #"{"status":"success","data":{"result":[{}]}}"#, #"{"metric":{},"values":[1],"timestamps":[]}"#,
      #"{"results":[{"series":[{}]}]}"#,
      #"{"status":"success","data":{"result":[{"metric":{},"values":[[1e300,"1"]]}]}}"#,
    ])
  func `an answer of another shape is an error`(_ kind: BackendKind, _ body: String) {
    #expect(throws: LoadError.self) { try kind.language.series(in: Array(body.utf8)) }
  }

  @Test func `questions cover all of the time, once`() {
    let batches = (0..<4).map { _ in
      RecordedBatch(
        tenant: "red", delivery: BatchDelivery(ticks: 100, unconfirmed: []),
        series: (0..<5000).map { DescribedSeries(labels: [SeriesLabel("n", "\($0)")], base: 0, step: 1) })
    }
    let record = LoadRecord(wire: .otlp, run: "r", start: 1_000_250, interval: 1000, batches: batches)
    let windows = QueryClient.windows(record, "red")
    #expect(windows.first?.lowerBound == 940 && windows.last?.upperBound == 1161)
    #expect(windows.count > 1)
    for (one, next) in zip(windows, windows.dropFirst()) { #expect(one.upperBound == next.lowerBound) }
  }
}
