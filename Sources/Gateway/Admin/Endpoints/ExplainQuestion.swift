internal import Config
internal import Inbound
internal import JSON
internal import Rules

/// What `explain` is asked: series, and the request that they come in.
struct ExplainQuestion {
  static let mostSeries = 100

  var tenant: String?
  var path: String?
  var headers: [String: String] = [:]
  var protocolName: IngestProtocol?
  var listener: String?
  var resource: [String: String]?
  var series: [[String: String]] = []
  var isConcerningOnly = false

  /// - Throws: every mistake in the body.
  init(_ body: JSONObject) throws(Problem) {
    var faults = Faults()
    for (key, value) in body {
      switch key {
      case "tenant": tenant = faults.string(value, "/tenant")
      case "path": path = faults.string(value, "/path")
      case "listener": listener = faults.string(value, "/listener")
      case "headers": headers = faults.texts(value, "/headers")
      case "resource": resource = faults.texts(value, "/resource")
      case "protocol":
        protocolName = value.string.flatMap(IngestProtocol.init)
        if protocolName == nil { faults.add("/protocol", "expected remote_write or otlp") }
      case "concerning_only":
        if let flag = value.bool {
          isConcerningOnly = flag
        } else {
          faults.add("/concerning_only", "expected a boolean")
        }
      case "series":
        let elements = value.array ?? []
        series = elements.enumerated().map { faults.texts($0.element, "/series/\($0.offset)") }
        if series.isEmpty || series.count > Self.mostSeries {
          faults.add("/series", "expected a list of 1 to \(Self.mostSeries) series")
        }
      default: faults.add(DocumentPath().key(key).pointer, "unknown key")
      }
    }
    if body["series"] == nil { faults.add("", "missing key \"series\"") }
    if let problem = faults.problem { throw problem }
  }

  /// The head of the request that would bring these series.
  var head: RequestHead {
    let usual = protocolName == .otlp ? "/v1/metrics" : "/api/v1/push"
    var fields = headers.sorted { $0.key < $1.key }.map { HeaderField($0.key, $0.value) }
    if !fields.contains(where: { $0.name.lowercased() == "content-type" }) {
      fields.append(HeaderField("Content-Type", "application/x-protobuf"))
    }
    let target = (path ?? usual).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    return RequestHead(
      method: "POST", path: String(target[0]), query: target.count > 1 ? String(target[1]) : "",
      headers: Headers(fields))
  }

  private struct Faults {
    private var all: [Problem.Fault] = []

    mutating func add(_ pointer: String, _ detail: String) {
      all.append(Problem.Fault(pointer: pointer, detail: detail))
    }

    mutating func string(_ value: JSONValue, _ pointer: String) -> String? {
      if let text = value.string, !text.isEmpty { return text }
      add(pointer, "expected a string")
      return nil
    }

    mutating func texts(_ value: JSONValue, _ pointer: String) -> [String: String] {
      guard let members = value.object else {
        add(pointer, "expected an object of strings")
        return [:]
      }
      var texts: [String: String] = [:]
      for (name, value) in members {
        guard let text = value.string, !name.isEmpty else {
          add(pointer + DocumentPath().key(name).pointer, "expected a name and a string")
          continue
        }
        texts[name] = text
      }
      return texts
    }

    var problem: Problem? {
      guard !all.isEmpty else { return nil }
      var problem = Problem(422, all.map(\.line).joined(separator: "; "))
      problem.errors = all
      return problem
    }
  }
}
