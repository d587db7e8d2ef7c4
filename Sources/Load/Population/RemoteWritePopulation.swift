/// Series as a Prometheus in a Kubernetes cluster scrapes them: about ten labels, counters and gauges.
public struct RemoteWritePopulation {
  private enum Kind {
    case counter
    case gauge
  }

  private static let metrics: [(name: String, kind: Kind)] = [
    ("http_requests_total", .counter), ("process_resident_memory_bytes", .gauge),
    ("container_cpu_usage_seconds_total", .counter), ("go_goroutines", .gauge),
    ("container_network_receive_bytes_total", .counter), ("queue_length", .gauge),
    ("grpc_server_handled_total", .counter), ("db_connections_open", .gauge),
  ]
  private static let services = ["cart", "checkout", "payment", "search", "shipping"]
  private static let methods = ["GET", "POST", "PUT", "DELETE"]

  public let batches: [Batch]

  public init(_ shape: PopulationShape) {
    let hash = Hash(seed: shape.seed)
    var batches: [Batch] = []
    for (tenant, name) in shape.tenants.enumerated() {
      for first in stride(from: 0, to: shape.seriesPerTenant, by: shape.batchSize) {
        let end = min(first + shape.batchSize, shape.seriesPerTenant)
        let series = (first..<end).map { Self.series($0, tenant, shape, hash) }
        batches.append(Batch(tenant: name, series: series, content: .remoteWrite(RemoteWriteContent(series))))
      }
    }
    self.batches = batches
  }

  private static func series(_ index: Int, _ tenant: Int, _ shape: PopulationShape, _ hash: Hash) -> DescribedSeries {
    let metric = metrics[index % metrics.count]
    // A pod has each metric once: that alone makes the labels of a series its own.
    let pod = index / metrics.count
    let service = services[pod % services.count]
    let labels = [
      SeriesLabel("__name__", "\(shape.prefix)_\(metric.name)"),
      SeriesLabel("cluster", "eu-\(1 + tenant % 3)"),
      SeriesLabel("container", service),
      SeriesLabel("instance", "10.\((pod >> 16) & 255).\((pod >> 8) & 255).\(pod & 255):9090"),
      SeriesLabel("job", "shop/\(service)"),
      SeriesLabel("load_run", shape.run),
      SeriesLabel("load_tenant", shape.tenants[tenant]),
      SeriesLabel("method", methods[index % methods.count]),
      SeriesLabel("namespace", "shop"),
      SeriesLabel("node", "node-\(pod % 17)"),
      SeriesLabel("pod", "\(service)-\(String(hash[tenant, pod] & 0xFFFF_FFFF, radix: 36))-\(pod)"),
    ]
    let mixed = hash[tenant, index]
    let rule =
      switch metric.kind {
      case .counter: ValueRule.counter(tenant * shape.seriesPerTenant + index, mixed)
      case .gauge: ValueRule.gauge(mixed)
      }
    return DescribedSeries(labels: labels, base: rule.base, step: rule.step)
  }
}
