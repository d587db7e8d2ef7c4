import ArgumentParser
import JSON

/// `sluice explain`
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "What would become of a series, rule by rule.",
    usage: "sluice explain [<options>] [<label=value> ...]")

  @OptionGroup var server: ServerOptions
  @OptionGroup var format: FormatOptions
  @Option(help: "Whose it is (default: who the headers say).") var tenant: String?
  @Option(help: ArgumentHelp("A header, as \"Name: value\"; may be repeated.", valueName: "header"))
  var header: [String] = []
  @Option(help: "remote_write or otlp.") var `protocol`: String?
  @Option(help: ArgumentHelp("A resource attribute; may be repeated.", valueName: "name=value"))
  var resource: [String] = []
  @Option(
    name: .shortAndLong, help: ArgumentHelp("The question, as the API has it; - is standard input.", valueName: "file"))
  var file: String?
  @Option(help: ArgumentHelp("A captured request's body, with its headers.", valueName: "file")) var body: String?
  @Option(help: ArgumentHelp("Where that would go (/api/v1/push).", valueName: "path")) var path: String?
  @Argument(help: "The labels of one series, such as __name__=up.") var labels: [String] = []

  func validate() throws {
    guard [!labels.isEmpty, file != nil, body != nil].count(where: \.self) == 1 else {
      throw ValidationError("give labels, a file, or a body")
    }
    for text in labels + resource where !text.contains("=") {
      throw ValidationError("\"\(text)\" is not of the form name=value")
    }
    for text in header where !text.contains(":") { throw ValidationError("\"\(text)\" is not of the form Name: value") }
  }

  func run() throws {
    try Exit.guarding("explain") {
      let client = try server.client()
      let answer: JSONValue
      if let body {
        answer = try captured(TextInput.bytes(body), client)
      } else {
        let question = try file.map { path throws(AdminClient.Failure) in try TextInput.json(path) } ?? question
        answer = try client.send("POST", AdminClient.path("explain"), question).body
      }
      format.show(answer) { show(answer) }
    }
  }

  private func captured(_ body: [UInt8], _ client: AdminClient) throws(AdminClient.Failure) -> JSONValue {
    var headers = Self.pairs(header, ":").map { ($0.name, $0.value.string ?? "") }
    if !headers.contains(where: { $0.0.lowercased() == "content-type" }) {
      headers.append(("Content-Type", "application/x-protobuf"))
    }
    for index in headers.indices where headers[index].0.lowercased() == "authorization" {
      headers[index].0 = "Sluice-Captured-Authorization"
    }
    let path = AdminClient.path("explain", "request")
    return try client.send("POST", path, query: [("path", self.path)], bytes: body, headers: headers).body
  }

  private var question: JSONValue {
    var body = JSONObject([("series", JSONValue.array([.object(Self.pairs(labels, "="))]))])
    body["tenant"] = tenant.map(JSONValue.string)
    body["protocol"] = `protocol`.map(JSONValue.string)
    if !header.isEmpty { body["headers"] = .object(Self.pairs(header, ":")) }
    if !resource.isEmpty { body["resource"] = .object(Self.pairs(resource, "=")) }
    return .object(body)
  }

  private static func pairs(_ texts: [String], _ separator: Character) -> JSONObject {
    JSONObject(
      texts.map { text in
        let parts = text.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), .string(String(parts[1].drop { $0 == " " && separator == ":" })))
      })
  }

  private func show(_ answer: JSONValue) {
    print(Self.whose(answer) + answer["protocol"].cell)
    for series in answer["series"]?.array ?? [] {
      let fate = series["fate"].cell
      print("")
      print(Terminal.styled(Table.Cell(series["labels"].cell).text, .bold))
      print(
        Self.whose(series) + Terminal.styled(fate, fate == "routed" ? .green : .red)
          + Self.behind(" ", series["reason"]))
      var table = Table("ROUTE", "VERDICT", "WHY", "TENANT", "BACKENDS")
      for route in series["routes"]?.array ?? [] { Self.add(route, to: &table) }
      table.print()
      if let omitted = series["omitted_routes"] {
        print(Terminal.styled("and \(omitted.cell) more that do not take it", .dim))
      }
      for delivery in series["deliveries"]?.array ?? [] {
        print("-> \(delivery["backend"].cell)  \(Table.Cell(delivery["labels"].cell).text)")
      }
    }
  }

  /// Where each series names its own tenant, it is told with the series.
  private static func whose(_ told: JSONValue) -> String {
    told["tenant"].map { "tenant \($0.cell), by \(told["identity"].cell); " } ?? ""
  }

  private static func add(_ route: JSONValue, to table: inout Table) {
    let verdict = route["verdict"].cell
    var why = route["behind"].map { "behind \($0.cell)" } ?? behind(route["pointer"].cell + ": ", route["reason"])
    if route["sampled"]?.bool == false { why = "not in the sample" }
    if route["replica"]?["kept"]?.bool == false { why = "not the replica that is kept" }
    let backends = route["outputs"]?.array?.compactMap { $0["labels"] == nil ? nil : $0["backends"].cell } ?? []
    table.add(
      .init(route["name"].cell), .init(verdict, verdict == "taken" ? .green : .dim), .init(why),
      .init(route["tenant"].cell), .init(backends.joined(separator: ",")))
  }

  private static func behind(_ start: String, _ text: JSONValue?) -> String { text.map { start + $0.cell } ?? "" }
}
