import Glibc

/// How much memory the process may use, by what the kernel says.
enum SystemMemory {
  /// A quarter of what the machine has, or of what the process's control group may use if that is less.
  static let standardLimit = max(64 << 20, min(physical, controlGroup()) / 4)

  private static let physical = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))

  /// The least `memory.max` of the process's control group and those around it (cgroups(7), version 2; version 1 has one
  /// file of another name).
  static func controlGroup(root: String = "/sys/fs/cgroup", membership: String = "/proc/self/cgroup") -> Int {
    var path = (line(of: membership) { $0.hasPrefix("0::") }?.dropFirst(3)).map(String.init) ?? "/"
    var least = number(in: "\(root)/memory/memory.limit_in_bytes") ?? .max
    while true {
      if let limit = number(in: "\(root)\(path)/memory.max") { least = min(least, limit) }
      guard let slash = path.lastIndex(of: "/"), path != "/", !path.isEmpty else { break }
      path = String(path[..<slash])
    }
    return min(least, number(in: "\(root)/memory.max") ?? .max)
  }

  /// nil for `max`, and where there is no such file.
  private static func number(in file: String) -> Int? { line(of: file) { _ in true }.flatMap { Int($0) } }

  private static func line(of file: String, where isWanted: (String) -> Bool) -> String? {
    guard let file = fopen(file, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [CChar](repeating: 0, count: 4096)
    while fgets(&bytes, Int32(bytes.count), file) != nil {
      let text = String(decoding: bytes.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      if isWanted(text) { return text }
    }
    return nil
  }
}
