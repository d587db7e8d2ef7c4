internal import Config
internal import Inbound
internal import JSON

/// Why a request to the admin API is refused, as `application/problem+json` (RFC 9457) tells it.
struct Problem: Error, Equatable {
  var status: Int
  /// For a person: what is wrong here, and what to do.
  var detail: String
  /// Each thing that is wrong in the body; a pointer (RFC 6901) says where, empty for the whole.
  var errors: [Fault] = []
  var headers: [HeaderField] = []

  struct Fault: Equatable {
    var pointer: String?
    var detail: String

    var line: String {
      guard let pointer, !pointer.isEmpty else { return detail }
      return "\(pointer): \(detail)"
    }
  }

  init(_ status: Int, _ detail: String, pointer: String? = nil, headers: [HeaderField] = []) {
    self.status = status
    self.detail = detail
    self.headers = headers
    if let pointer { errors = [Fault(pointer: pointer, detail: detail)] }
  }

  var response: Response {
    var body = JSONObject([
      ("title", .string(Self.title(status))), ("status", .integer(Int64(status))), ("detail", .string(detail)),
    ])
    if let pointer = errors.first?.pointer { body["pointer"] = .string(pointer) }
    if !errors.isEmpty {
      body["errors"] = .array(
        errors.map { fault in
          var object = JSONObject([("detail", .string(fault.detail))])
          if let pointer = fault.pointer { object["pointer"] = .string(pointer) }
          return .object(object)
        })
    }
    return .json(status, .object(body), headers: headers, type: "application/problem+json")
  }

  /// What the number means, which is all that the absence of a `type` leaves to be said.
  private static func title(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 409: "Conflict"
    case 412: "Precondition Failed"
    case 415: "Unsupported Media Type"
    case 421: "Misdirected Request"
    case 422: "Unprocessable Content"
    case 429: "Too Many Requests"
    case 503: "Service Unavailable"
    case 507: "Insufficient Storage"
    default: "Internal Server Error"
    }
  }
}

extension Problem {
  /// What is wrong with a configuration of which the body is a part.
  ///
  /// - Parameter place: where in the body something stands; nil: nowhere.
  /// What is wrong elsewhere is a conflict of the body with what is there, and no fault in the body.
  init(_ errors: ConfigurationErrors, _ place: (DocumentPath) -> DocumentPath?) {
    let inside = errors.problems.compactMap { problem in
      place(problem.path).map { Fault(pointer: $0.pointer, detail: problem.message) }
    }
    if inside.isEmpty {
      self.init(409, "the configuration would not be whole: " + errors.problems.map(Self.line).joined(separator: "; "))
      self.errors = errors.problems.map { Fault(pointer: nil, detail: Self.line($0)) }
    } else {
      self.init(422, inside.map(\.line).joined(separator: "; "))
      self.errors = inside
    }
  }

  private static func line(_ problem: ConfigurationProblem) -> String { "\(problem.path): \(problem.message)" }
}

extension Response {
  static func json(
    _ status: Int, _ value: JSONValue, headers: [HeaderField] = [], type: String = "application/json"
  ) -> Response {
    // Nothing of this may be kept by a cache, or guessed to be something else by a browser.
    let standing = [
      HeaderField("Content-Type", type), HeaderField("Cache-Control", "no-store"),
      HeaderField("X-Content-Type-Options", "nosniff"),
    ]
    return Response(status, headers: standing + headers, body: value.bytes() + [UInt8(ascii: "\n")])
  }
}
