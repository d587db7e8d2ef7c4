/// A series in words, as PromQL writes it.
enum SeriesText {
  static func of(_ labels: [SeriesLabel]) -> String {
    let name = labels.first { $0.name == "__name__" }?.value ?? ""
    let rest = labels.filter { $0.name != "__name__" }
    return name + "{" + rest.map { "\($0.name)=\(PrometheusQuery.quoted($0.value))" }.joined(separator: ",") + "}"
  }
}
