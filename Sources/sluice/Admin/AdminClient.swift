import JSON
import Outbound

/// Speaks to the admin API of a gateway that runs.
final class AdminClient {
  /// Why there is no good answer, in words for the one at the terminal.
  struct Failure: Error, CustomStringConvertible {
    let description: String
    /// Of the answer; nil when there was none.
    var status: Int?
  }

  private let url: String
  private let token: String?
  private let http: HTTPClient
  /// Bytes. A hundred thousand routes with relabelling are 30 MB.
  private static let largestAnswer = 1 << 30

  init(url: String, token: String?, caFile: String?) throws(Failure) {
    self.url = url
    self.token = token
    var tls = TLSOptions()
    tls.caFile = caFile
    do throws(HTTPClientError) {
      http = try HTTPClient(timeout: .seconds(60), tls: tls, largestBody: Self.largestAnswer)
    } catch {
      throw Failure(description: "\(error)")
    }
  }

  struct Answer {
    let status: Int
    let body: JSONValue
    let text: String
    private let response: HTTPResponse

    init(_ response: HTTPResponse) {
      self.response = response
      status = response.status
      text = response.text
      body = (try? JSONValue(parsing: response.body, limits: JSONLimits(size: .max))) ?? .null
    }

    func header(_ name: String) -> String? { response.header(name) }
    var warnings: [String] {
      response.headers.filter { $0.name.lowercased() == "sluice-warning" }.map(\.value)
    }
  }

  /// - Throws: for no answer and for every answer that is not 2xx.
  func send(
    _ method: String, _ path: String, query: [(String, String?)] = [], _ body: JSONValue? = nil,
    headers: [String: String] = [:]
  ) throws(Failure) -> Answer {
    let type = method == "PATCH" ? "application/merge-patch+json" : "application/json"
    let typed = body == nil ? [] : [("Content-Type", type)]
    return try send(
      method, path, query: query, bytes: body?.bytes(), headers: typed + headers.map { ($0.key, $0.value) })
  }

  /// The same with a body that may be anything.
  func send(
    _ method: String, _ path: String, query: [(String, String?)], bytes: [UInt8]?, headers: [(String, String)]
  ) throws(Failure) -> Answer {
    let own = headers.map { HeaderField($0.0, $0.1) }
    guard !own.contains(where: { $0 == nil }) else { throw Failure(description: "a header cannot be sent as it is") }
    let fields = try self.headers(accept: "application/json") + own.compactMap(\.self)
    let answer: Answer
    do throws(HTTPClientError) {
      answer = Answer(try http.send(method, url + path + Self.text(query), headers: fields, body: bytes))
    } catch {
      throw Failure(description: "\(url): \(error.words)")
    }
    guard (200..<300).contains(answer.status) else { throw Self.failure(answer) }
    return answer
  }

  /// Gives each event of a stream of them to `take`, until that gives false or the stream ends.
  func events(
    _ path: String, query: [(String, String?)], _ take: @escaping (_ name: String, _ data: JSONValue) -> Bool
  ) throws(Failure) {
    var parser = EventParser()
    let fields = try headers(accept: "text/event-stream")
    let response: HTTPResponse
    do throws(HTTPClientError) {
      response = try http.stream(url + path + Self.text(query), headers: fields) { parser.take($0, take) }
    } catch {
      throw Failure(description: "\(url): \(error.words)")
    }
    guard response.status == 200 else { throw Self.failure(Answer(response)) }
  }

  private func headers(accept: String) throws(Failure) -> [HeaderField] {
    let fields = [HeaderField("Accept", accept), token.map { HeaderField("Authorization", "Bearer \($0)") } ?? nil]
    guard token == nil || fields[1] != nil else { throw Failure(description: "the token is no token") }
    return fields.compactMap(\.self)
  }

  /// All members of a list, part by part.
  func list(_ path: String, query: [(String, String?)] = []) throws(Failure) -> [JSONValue] {
    var items: [JSONValue] = []
    var next: String?
    repeat {
      let answer = try send("GET", path, query: query + [("limit", "1000"), ("continue", next)])
      items += answer.body["items"]?.array ?? []
      next = answer.body["continue"]?.string
    } while next != nil
    return items
  }

  static func path(_ parts: String...) -> String {
    "/admin/v1/" + parts.map(encoded).joined(separator: "/")
  }

  private static func text(_ query: [(String, String?)]) -> String {
    let pairs = query.compactMap { name, value in value.map { "\(name)=\(encoded($0))" } }
    return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
  }

  private static func encoded(_ text: String) -> String {
    let plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8
    return text.utf8.map { byte in
      if plain.contains(byte) { return String(UnicodeScalar(byte)) }
      return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }

  /// Every mistake that the answer tells, a line each.
  private static func failure(_ answer: Answer) -> Failure {
    let faults = answer.body["errors"]?.array ?? []
    let lines = faults.map { fault in
      let pointer = fault["pointer"]?.string ?? ""
      return "\n  " + (pointer.isEmpty ? "" : "\(pointer): ") + (fault["detail"]?.string ?? "")
    }
    let detail = answer.body["detail"]?.string ?? answer.text.prefix(1000).trimmingNewlines
    let text = lines.isEmpty ? detail : "\(answer.body["title"]?.string ?? "")" + lines.joined()
    return Failure(description: "\(text) (\(answer.status))", status: answer.status)
  }
}

extension HTTPClientError {
  fileprivate var words: String {
    switch self {
    case .badURL(let text), .failed(let text): text
    case .tooLarge(let limit): "the answer is longer than \(limit) bytes"
    }
  }
}

extension StringProtocol {
  fileprivate var trimmingNewlines: String { String(reversed().drop(while: \.isNewline).reversed()) }
}
