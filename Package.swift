// swift-tools-version: 6.2

import PackageDescription

/// What every Swift room is compiled with: honest imports, no warning left standing.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// A room under `Sources/`, named as its folder.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

/// The tests of a room, in `Tests/<room>Tests`.
func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
    swiftSettings: strict)
}

/// A C library of the distribution: a module map and a shim, no logic.
func library(_ name: String, pkgConfig: String, package: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
  name: "sluice",
  products: [.executable(name: "sluice", targets: ["sluice"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    library("CMicrohttpd", pkgConfig: "libmicrohttpd", package: "libmicrohttpd-dev"),
    library("CCurl", pkgConfig: "libcurl", package: "libcurl4-openssl-dev"),
    library("CSnappy", pkgConfig: "snappy", package: "libsnappy-dev"),
    library("CJansson", pkgConfig: "jansson", package: "libjansson-dev"),
    library("CZstd", pkgConfig: "libzstd", package: "libzstd-dev"),
    library("CZlib", pkgConfig: "zlib", package: "zlib1g-dev"),
    library("CCrypto", pkgConfig: "libcrypto", package: "libssl-dev"),
    library("CGnuTLS", pkgConfig: "gnutls", package: "libgnutls28-dev"),
    .target(name: "CRE2", path: "Sources/C/CRE2", linkerSettings: [.linkedLibrary("re2")]),
    .target(name: "CPlatform", path: "Sources/C/CPlatform"),

    room("Memory", ["CPlatform"]),
    room("Model", ["Memory", "CPlatform"]),
    room("JSON", ["CJansson"]),
    room("Wire", ["Memory", "Model", "JSON", "CPlatform", "CSnappy", "CZstd", "CZlib"]),
    room("Rules", ["Memory", "Model", "CRE2", "CPlatform"]),
    room("Spool", ["Memory", "Threads", "CPlatform", logging]),
    room("Threads"),
    room("Credentials", ["JSON", "CCrypto"]),
    room("Inbound", ["Memory", "Threads", "CMicrohttpd", "CGnuTLS", logging]),
    room("Outbound", ["Memory", "Threads", "Spool", "CCurl", logging]),
    room("Config", ["Model", "Rules", "JSON", "Yams"]),
    room("Load", ["Memory", "Model", "Threads", "Wire", "Outbound", "JSON"]),
    room(
      "Gateway",
      [
        "Memory", "Model", "JSON", "Wire", "Rules", "Credentials", "Spool", "Threads", "Inbound",
        "Outbound", "Config", "CPlatform", logging,
      ], resources: [.embedInCode("Admin/openapi.yaml")]),
    .executableTarget(
      name: "sluice",
      dependencies: [
        "Gateway", "Config", "Load", "Threads", "JSON", "Outbound", logging,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .target(name: "TestSupport", dependencies: [logging], path: "Tests/TestSupport", swiftSettings: strict),
    tests(of: "Memory"),
    tests(of: "Model", ["Memory"]),
    tests(of: "JSON"),
    tests(of: "Wire", ["Memory", "Model"]),
    tests(of: "Rules", ["Memory", "Model"]),
    tests(of: "Spool", ["Memory", "Threads", "CPlatform", logging]),
    tests(of: "Threads"),
    tests(of: "Credentials", ["JSON"]),
    tests(of: "Inbound", ["Memory", "Threads", logging]),
    tests(of: "Outbound", ["Memory", "Spool", logging]),
    tests(of: "Config", ["Model", "Rules", "JSON"]),
    tests(of: "Load", ["Memory", "Model", "Threads", "Wire", "Outbound", "JSON"]),
    tests(
      of: "Gateway",
      ["Memory", "Model", "JSON", "Wire", "Rules", "Spool", "Inbound", "Outbound", "Config", logging]),
  ],
  cxxLanguageStandard: .cxx17
)

// The fuzzers need flags that only `scripts/fuzz` gives; no other build has them.
if Context.environment["SLUICE_FUZZ"] != nil {
  package.targets += [
    .target(name: "CFuzz", path: "Tests/Fuzz/CFuzz"),
    .executableTarget(
      name: "fuzz", dependencies: ["CFuzz", "Memory", "Model", "Wire", "Rules", "Config"],
      path: "Tests/Fuzz/Harness", swiftSettings: strict),
  ]
}
