import Testing

@testable import Config

@Suite struct Quantities {
  @Test(
    arguments: [
      ("0", .zero), ("0s", .zero), ("500ms", .milliseconds(500)), ("1m30s", .seconds(90)), ("1h", .seconds(3600)),
      ("1d", .seconds(86_400)), ("1w", .seconds(604_800)), ("1y", .seconds(31_536_000)), ("1.5h", .seconds(5400)),
      ("1w2d3h4m5s6ms7us8ns", .nanoseconds(788_645_006_007_008)), ("7µs", .microseconds(7)),
      ("0.000000001s", .nanoseconds(1)), ("100y", .seconds(3_153_600_000)),
    ] as [(String, Duration)])
  func `a duration is read`(_ text: String, _ duration: Duration) {
    #expect(Quantity.duration(text) == duration)
  }

  @Test(arguments: [
    "", "1", "s", "1x", "-1s", "+1s", " 1s", "1s ", "1 s", "1s1m", "1s1s", "1us1µs", ".5s", "1.s", "1.0.0s", "1e3s",
    "100y1ns", "9999999999999999999s", "0.0000000001s", "１s", "1ms1s", "0x1s",
  ])
  func `what is no duration is refused`(_ text: String) {
    #expect(Quantity.duration(text) == nil)
  }

  @Test(arguments: [Duration.zero, .nanoseconds(1), .milliseconds(1500), .seconds(90), .seconds(100_000)])
  func `a duration is written as it is read`(_ duration: Duration) {
    #expect(Quantity.duration(Quantity.text(duration)) == duration)
  }

  @Test(arguments: [
    ("0", 0), ("1048576", 1 << 20), ("5B", 5), ("64MiB", 64 << 20), ("1GB", 1_000_000_000), ("1GiB", 1 << 30),
    ("2KiB", 2048), ("2kB", 2000), ("2KB", 2000), ("3MB", 3_000_000), ("1TiB", 1 << 40), ("1TB", 1_000_000_000_000),
    ("1.5GiB", 1_610_612_736), ("0.5KiB", 512),
  ])
  func `a size is read`(_ text: String, _ bytes: Int) {
    #expect(Quantity.bytes(text) == bytes)
  }

  @Test(arguments: ["", "MiB", "-1", "1 MiB", "64mb", "64M", "1.5", "0.3KiB", "1e6", "99999999TiB", "1MiB2KiB"])
  func `what is no size is refused`(_ text: String) {
    #expect(Quantity.bytes(text) == nil)
  }
}

@Suite struct Addresses {
  @Test(
    arguments: [
      ("0.0.0.0:4318", "0.0.0.0", 4318), ("[::]:4318", "::", 4318), (":4318", "", 4318),
      ("localhost:1", "localhost", 1),
      ("[fe80::1]:65535", "fe80::1", 65535), ("my_host.example-1.org:0", "my_host.example-1.org", 0),
    ] as [(String, String, UInt16)])
  func `an address is read and written alike`(_ text: String, _ host: String, _ port: UInt16) {
    #expect(Address(text) == Address(host: host, port: port))
    #expect(Address(text)?.description == text)
  }

  @Test(arguments: [
    "", "4318", "localhost", "localhost:", "::1:4318", "[::1]", "[localhost]:1", "1.2.3:4", "1.2.3.256:4", "a b:1",
    "h:65536", "h:+1", "h:-1", "h:１", "a..b:1", "http://h:1",
  ])
  func `what is no address is refused`(_ text: String) {
    #expect(Address(text) == nil)
  }
}
