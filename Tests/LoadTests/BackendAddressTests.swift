import Outbound
import Testing

@testable import Load

@Suite struct BackendAddresses {
  @Test func `a backend is a name, a kind and a URL`() throws {
    let backend = try BackendAddress(parsing: "p=prometheus:http://h:9090/")
    #expect(backend.name == "p" && backend.kind == .prometheus && backend.url == "http://h:9090")
    #expect(!backend.keepsTenantsApart)
  }

  @Test func `Cortex has a prefix and a tenant header of its own, unless told otherwise`() throws {
    let usual = try BackendAddress(parsing: "c=cortex:http://h:9009")
    #expect(usual.url == "http://h:9009/prometheus" && usual.tenantHeader == "X-Scope-OrgID")
    let other = try BackendAddress(parsing: "c=cortex:http://h/api/prom,tenant-header=X-Org")
    #expect(other.url == "http://h/api/prom" && other.tenantHeader == "X-Org")
  }

  @Test func `options stand behind commas`() throws {
    let backend = try BackendAddress(
      parsing: "i=influxdb:http://h,db=d,tenant-label=t,ignore-label=a,ignore-label=b,header=Authorization: Basic eA==")
    #expect(backend.database == "d" && backend.tenantLabel == "t" && backend.keepsTenantsApart)
    #expect(backend.ignoredLabels == ["a", "b"])
    #expect(backend.headers.first?.value == "Basic eA==")
  }

  @Test(arguments: [
    ("", "NAME=KIND:URL"), ("p", "NAME=KIND:URL"), ("p=prometheus", "NAME=KIND:URL"),
    ("=prometheus:http://h", "NAME=KIND:URL"), ("p=graphite:http://h", "no kind \"graphite\""),
    ("p=prometheus:h:9090", "no http or https URL"), ("i=influxdb:http://h", "needs db="),
    ("p=prometheus:http://h,colour=red", "no option \"colour\""), ("p=prometheus:http://h,db", "NAME=KIND:URL"),
    ("p=prometheus:http://h,header=a b:c", "no header"),
  ])
  func `what is wrong is named`(_ text: String, _ reason: String) {
    do throws(LoadError) {
      _ = try BackendAddress(parsing: text)
      Issue.record("was taken")
    } catch {
      #expect(error.description.contains(reason))
    }
  }

  @Test func `a tenant that is not renamed keeps its name`() throws {
    let map = try TenantMap(parsing: ["a=prod-a"])
    #expect(map["a"] == "prod-a" && map["b"] == "b")
    #expect(throws: LoadError.self) { try TenantMap(parsing: ["a"]) }
  }
}
