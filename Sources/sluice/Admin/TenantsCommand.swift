import ArgumentParser
import Config
import JSON

/// `sluice tenants`
struct TenantsCommand: ParsableCommand {
  enum Family: ResourceFamily {
    static let kind = ResourceKind.tenants

    static func table(_ items: [JSONValue]) -> Table {
      var table = Table("NAME", "OWNER", "TOKENS", "LIMITS")
      for item in items {
        let spec = item["spec"]
        let tokens = (spec?["tokens"]?.array?.count ?? 0) + (spec?["token_sha256"]?.object?.count ?? 0)
        table.add(
          .init(item["name"].cell), .init(item["owner"].cell, .dim), .init("\(tokens)"),
          .init(spec?["limits"].cell ?? ""))
      }
      return table
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "tenants",
    abstract: "The limits and tokens of single tenants.",
    subcommands: [
      ListResources<Family>.self, GetResource<Family>.self, ApplyResources<Family>.self, DiffResources<Family>.self,
      DeleteResources<Family>.self, AddToken.self, RevokeToken.self,
    ])

  struct AddToken: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add-token", abstract: "Make a token for a tenant and print it, this once.",
      usage: "sluice tenants add-token [<options>] <tenant> <name>",
      discussion: "The gateway keeps a hash of it only. Give several, one for each sender.")

    @OptionGroup var server: ServerOptions
    @Argument(help: "The tenant.") var tenant: String
    @Argument(help: "What the token is called, to know it by.") var name: String

    func run() throws {
      try Exit.guarding("tenants add-token") {
        let path = AdminClient.path("tenants", tenant, "tokens")
        print(try server.client().send("POST", path, ["name": .string(name)]).body["token"].cell)
      }
    }
  }

  struct RevokeToken: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke-token", abstract: "Take a token back: it is good for nothing from here on.",
      usage: "sluice tenants revoke-token [<options>] <tenant> <name>")

    @OptionGroup var server: ServerOptions
    @Argument(help: "The tenant.") var tenant: String
    @Argument(help: "What the token is called.") var name: String

    func run() throws {
      try Exit.guarding("tenants revoke-token") {
        _ = try server.client().send("DELETE", AdminClient.path("tenants", tenant, "tokens", name))
        print("tenant \(tenant): token \(name) revoked")
      }
    }
  }
}
