import Glibc

/// What the kernel says of this process (proc(5)).
enum ProcessMetrics {
  static func write(to output: inout Exposition) {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    output.add(MetricCatalogue.processCPU, value: seconds(usage.ru_utime) + seconds(usage.ru_stime))
    if let pages = firstNumbers(of: "/proc/self/statm"), pages.count >= 2 {
      let size = Double(sysconf(Int32(_SC_PAGESIZE)))
      output.add(MetricCatalogue.processResident, value: pages[1] * size)
      output.add(MetricCatalogue.processVirtual, value: pages[0] * size)
    }
    output.add(MetricCatalogue.processDescriptors, value: entries(of: "/proc/self/fd"))
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    output.add(MetricCatalogue.processMostDescriptors, value: Double(limit.rlim_cur))
    output.add(MetricCatalogue.processThreads, value: entries(of: "/proc/self/task"))
    output.add(MetricCatalogue.processStart, value: startTime)
  }

  private static let startTime = Timestamp.seconds()

  /// Takes note of the time; called when the process starts.
  static func noteStart() { _ = startTime }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

  private static func firstNumbers(of path: String) -> [Double]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
  }

  private static func entries(of path: String) -> Int {
    guard let directory = opendir(path) else { return 0 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return max(count - 2, 0)
  }
}
