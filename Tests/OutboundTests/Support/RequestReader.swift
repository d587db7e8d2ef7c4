import Glibc

/// Takes requests with a `Content-Length` off a socket, one after the other.
struct RequestReader {
  let socket: Int32
  private var bytes: [UInt8] = []

  init(socket: Int32) { self.socket = socket }

  /// Nil at the end of the connection.
  mutating func next() -> Received? {
    let end = Array("\r\n\r\n".utf8)
    var searched = 0
    while true {
      if bytes.count >= 4,
        let found = (searched..<(bytes.count - 3)).first(where: { bytes[$0..<($0 + 4)].elementsEqual(end) })
      {
        return request(headEnd: found)
      }
      searched = max(0, bytes.count - 3)
      guard fill() else { return nil }
    }
  }

  private mutating func request(headEnd: Int) -> Received? {
    var request = Received()
    let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).split(separator: "\r\n")
    request.target = lines.first.map(String.init) ?? ""
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      request.headers[line[..<colon].lowercased()] = String(value)
    }
    let length = request.header("Content-Length").flatMap(Int.init) ?? 0
    while bytes.count < headEnd + 4 + length { guard fill() else { return nil } }
    request.body = Array(bytes[(headEnd + 4)..<(headEnd + 4 + length)])
    bytes.removeSubrange(..<(headEnd + 4 + length))
    return request
  }

  private mutating func fill() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = recv(socket, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    bytes.append(contentsOf: chunk[..<count])
    return true
  }
}
