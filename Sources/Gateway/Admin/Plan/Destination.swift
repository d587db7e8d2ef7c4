internal import Rules

/// Where a series goes, and as what.
struct Destination: Hashable {
  /// A backend, and the tenant that it is told.
  struct Place: Hashable, Comparable {
    var backend: String
    var tenant: String

    static func < (left: Self, right: Self) -> Bool { (left.backend, left.tenant) < (right.backend, right.tenant) }
  }

  var place: Place
  var headers: String
  var labels: [String: String]
}

extension Explanation {
  /// What is sent, by which route ever; empty where it goes nowhere.
  var deliveries: [Destination] { fate == .routed ? routes.flatMap(\.deliveries) : [] }

  var destinations: Set<Destination> { Set(deliveries) }
}

extension RouteExplanation {
  fileprivate var deliveries: [Destination] {
    guard verdict == .taken, isSampled != false, replica?.isKept != false, let addressee else { return [] }
    return outputs.flatMap { output in
      output.labels.map { labels in
        output.backends.map { backend in
          Destination(
            place: .init(backend: backend, tenant: addressee.tenant), headers: addressee.headers, labels: labels)
        }
      } ?? []
    }
  }
}
