internal import Wire

/// A resource: nothing but what becomes `job` and `instance`, so that there is no `target_info`.
struct OTLPService {
  private static let names = ["cart", "checkout", "payment", "search", "shipping"]

  let name: String
  let instance: String

  init(_ number: Int) {
    name = Self.names[number % Self.names.count]
    instance = "\(name)-\(number)"
  }

  var job: String { "shop/\(name)" }

  var attributes: OTLPAttributes {
    OTLPAttributes([
      (key: "service.namespace", value: .text("shop")), (key: "service.name", value: .text(name)),
      (key: "service.instance.id", value: .text(instance)),
    ])
  }
}
