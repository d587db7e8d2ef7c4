import Testing

@testable import Rules

@Suite struct TenantAccountTests {
  private let start = ContinuousClock.now

  private func limits(_ rate: Int, burst: Int? = nil) -> TenantLimits {
    var limits = TenantLimits()
    limits.samplesPerSecond = rate
    limits.burst = burst
    return limits
  }

  @Test func `what comes at the rate passes, and no more than the burst at once`() {
    let account = TenantAccount()
    let limits = limits(100, burst: 300)
    #expect(account.take(samples: 300, limits, now: start) == nil)
    #expect(account.take(samples: 1, limits, now: start) == .milliseconds(10))
    for second in 1...5 {
      let now = start + .seconds(second)
      #expect(account.take(samples: 100, limits, now: now) == nil)
      #expect(account.take(samples: 100, limits, now: now) == .seconds(1))
    }
    #expect(account.take(samples: 300, limits, now: start + .seconds(1000)) == nil)
    #expect(account.take(samples: 50, limits, now: start + .seconds(1000)) == .milliseconds(500))
  }

  @Test func `a request of more than the burst passes when nothing came for long, and is owed`() throws {
    let account = TenantAccount()
    let limits = limits(100)
    #expect(account.take(samples: 1000, limits, now: start) == nil)
    let wait = try #require(account.take(samples: 1, limits, now: start))
    #expect(wait > .milliseconds(9009) && wait < .milliseconds(9011))
    #expect(account.take(samples: 1000, limits, now: start + .seconds(9)) == .seconds(1))
    #expect(account.take(samples: 1000, limits, now: start + .seconds(10)) == nil)
  }

  @Test func `what was not taken after all is given back`() {
    let account = TenantAccount()
    #expect(account.take(samples: 100, limits(100), now: start) == nil)
    account.giveBack(samples: 100)
    #expect(account.take(samples: 100, limits(100), now: start) == nil)
  }

  @Test func `without a limit everything passes, with one of zero nothing`() {
    let account = TenantAccount()
    #expect(account.take(samples: .max, TenantLimits(), now: start) == nil)
    #expect(account.take(samples: 1, limits(0, burst: 1), now: start) == nil)
    #expect(account.take(samples: 1, limits(0, burst: 1), now: start + .seconds(100)) != nil)
    #expect(TenantAccount().take(samples: 1, limits(0), now: start) != nil)
  }

  @Test func `a request counts until nothing holds it`() {
    let account = TenantAccount()
    var leases = (0..<3).map { _ in account.begin(limit: 3) }
    #expect(leases.allSatisfy { $0 != nil } && account.begin(limit: 3) == nil)
    leases.removeLast()
    #expect(account.begin(limit: 3) != nil)
    leases.removeAll()
    #expect(account.begin(limit: 1) != nil)
  }

  @Test func `accounts are the same as long as they are used, and forgotten after that`() throws {
    let accounts = TenantAccounts()
    let name = try TenantName("acme")
    let account = accounts.account(of: name, now: start)
    for minutes in stride(from: 20, through: 200, by: 20) {
      #expect(accounts.account(of: name, now: start + .seconds(60 * minutes)) === account)
    }
    _ = accounts.account(of: try TenantName("other"), now: start + .seconds(60 * 240))
    _ = accounts.account(of: try TenantName("third"), now: start + .seconds(60 * 280))
    #expect(accounts.account(of: name, now: start + .seconds(60 * 281)) !== account)
  }

  @Test func `made-up tenants do not fill the memory`() throws {
    let accounts = TenantAccounts()
    for number in 0..<50_000 { _ = accounts.account(of: try TenantName("t\(number)")) }
    #expect(accounts.all.count <= 2 * TenantAccounts.most)
  }
}
