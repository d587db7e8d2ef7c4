import Config
import Inbound
import Testing

@testable import Gateway

@Suite struct AdminAccessTests {
  private static func token(_ name: String, _ text: String, _ role: Configuration.AdminToken.Role)
    -> Configuration.AdminToken
  {
    var token = Configuration.AdminToken()
    token.name = name
    token.token = Secret(text)
    token.role = role
    return token
  }

  private func call(_ admin: Configuration.Admin, _ headers: [(String, String)]) -> (name: String?, status: Int?) {
    let fields = [HeaderField("Host", "localhost:4319")] + headers.map { HeaderField($0.0, $0.1) }
    do throws(Problem) {
      let head = RequestHead(method: "GET", path: "/", headers: Headers(fields))
      return (try AdminAccess(admin).caller(head).name, nil)
    } catch {
      return (nil, error.status)
    }
  }

  private var guarded: Configuration.Admin {
    var admin = Configuration.Admin()
    admin.tokens = [
      Self.token("ops", "token-of-an-admin", .admin), Self.token("eyes", "token-of-a-viewer", .viewer),
    ]
    return admin
  }

  @Test func `without tokens whoever is on this machine may do everything`() {
    #expect(call(Configuration.Admin(), []).name == "local")
    #expect(call(Configuration.Admin(), [("Origin", "http://localhost:4319")]).name == "local")
    #expect(call(Configuration.Admin(), [("Origin", "http://evil.example")]).status == 403)
  }

  @Test func `a token says who it is, and nothing else does`() {
    #expect(call(guarded, [("Authorization", "Bearer token-of-an-admin")]).name == "ops")
    #expect(call(guarded, [("Authorization", "bearer  token-of-a-viewer")]).name == "eyes")
    for value in ["Bearer token-of-an-admi", "Bearer token-of-an-adminx", "Basic token-of-an-admin", "Bearer", ""] {
      #expect(call(guarded, [("Authorization", value)]).status == 401, "\(value)")
    }
    #expect(call(guarded, []).status == 401)
    let twice = [("Authorization", "Bearer token-of-an-admin"), ("Authorization", "Bearer token-of-an-admin")]
    #expect(call(guarded, twice).status == 401)
  }

  @Test func `a viewer may look and an admin may change`() {
    #expect(Caller(name: "x", role: .admin).may(.admin) && Caller(name: "x", role: .admin).may(.viewer))
    #expect(Caller(name: "x", role: .viewer).may(.viewer) && !Caller(name: "x", role: .viewer).may(.admin))
  }
}
