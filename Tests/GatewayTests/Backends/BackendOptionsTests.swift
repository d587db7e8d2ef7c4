import Config
import Outbound
import Testing

@testable import Gateway

@Suite struct BackendOptionsTests {
  private func options(_ backend: String) throws -> BackendOptions {
    let configuration = try load("backends: {a: {\(backend)}}\nroutes: [{name: r, send: [a]}]\n")
    return BackendOptions(try #require(configuration.backends.first))
  }

  @Test func `a debug backend needs no more than its name`() throws {
    let options = try options("type: debug")
    #expect(options.name == "a")
    #expect(options.type == "debug")
    #expect(options.url == "")
  }

  @Test func `where a remote write goes and how is what was configured`() throws {
    let options = try options(
      """
      type: remote_write, endpoint: 'https://h:8443/push?x=1', tenant_header: THANOS-TENANT, headers: {X-One: two},
      timeout: 7s, tls: {insecure_skip_verify: true, server_name: other}
      """)
    #expect(options.type == "remote_write")
    #expect(options.url == "https://h:8443/push?x=1")
    #expect(options.tenantHeader == "THANOS-TENANT")
    #expect(options.headers == ["X-One": "two"])
    #expect(options.timeout == .seconds(7))
    #expect(options.tls.skipsVerification)
    #expect(options.tls.serverName == "other")
    #expect(options.authentication == .none)
  }

  @Test func `no tenant header is none`() throws {
    #expect(try options("type: remote_write, endpoint: 'http://h/p', tenant_header: null").tenantHeader == nil)
  }

  @Test(arguments: [
    ("{basic: {username: me, password: secret}}", Authentication.basic(username: "me", password: "secret")),
    ("{bearer: {token: secret}}", .bearer(token: "secret")),
    (
      "{sigv4: {region: eu-1, access_key: AK, secret_key: secret, session_token: t}}",
      .signature(SigV4(region: "eu-1", accessKey: "AK", secretKey: "secret", sessionToken: "t"))
    ),
  ])
  func `credentials arrive`(_ auth: String, _ authentication: Authentication) throws {
    let options = try options("type: remote_write, endpoint: 'http://h/p', auth: \(auth)")
    #expect(options.authentication == authentication)
  }

  @Test(arguments: [("split", PartialRefusal.split), ("accept", .accept), ("dead_letter", .deadLetter)])
  func `what is done with a partial refusal arrives`(_ word: String, _ refusal: PartialRefusal) throws {
    let options = try options("type: remote_write, endpoint: 'http://h/p', partial_refusal: \(word)")
    #expect(options.partialRefusal == refusal)
  }

  @Test func `how to catch up is what was configured`() throws {
    let options = try options(
      """
      type: debug, sending_queue: {on_full: drop_oldest},
      catch_up: {order: newest_first, max_in_flight: 2, max_samples_per_second: 3000}
      """)
    #expect(options.queue.dropsOldest)
    #expect(options.catchUp.order == .newestFirst)
    #expect(options.catchUp.mostInFlight == 2)
    #expect(options.catchUp.samplesPerSecond == 3000)
    let plain = try self.options("type: debug")
    #expect(!plain.queue.dropsOldest)
    #expect(plain.catchUp == CatchUpOptions())
  }

  @Test func `batch, queue and retry are what was configured`() throws {
    let options = try options(
      """
      type: debug, best_effort: true, batch: {send_batch_size: 7, timeout: 8ms, max_bytes: 9},
      sending_queue: {num_consumers: 10, queue_size: 11KiB, max_age: 12s},
      retry_on_failure: {enabled: false, initial_interval: 13ms, max_interval: 14s, max_elapsed_time: 15m}
      """)
    #expect(options.isBestEffort)
    #expect(options.batch.size == 7)
    #expect(options.batch.timeout == .milliseconds(8))
    #expect(options.batch.bytes == 9)
    #expect(options.queue.consumers == 10)
    #expect(options.queue.bytes == 11 << 10)
    #expect(options.queue.maxAge == .seconds(12))
    #expect(!options.retry.isEnabled)
    #expect(options.retry.initialInterval == .milliseconds(13))
    #expect(options.retry.maxInterval == .seconds(14))
    #expect(options.retry.maxElapsed == .seconds(900))
  }

  @Test func `without a longest time retries go on until the blocks are too old`() throws {
    #expect(try options("type: debug").retry.maxElapsed == .zero)
  }
}
