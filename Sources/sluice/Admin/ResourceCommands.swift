import ArgumentParser
import Config
import JSON

/// A kind of resource that has commands of its own.
protocol ResourceFamily: Sendable {
  static var kind: ResourceKind { get }
  /// What a list of them shows for people.
  static func table(_ items: [JSONValue]) -> Table
}

extension ResourceFamily {
  static var plural: String { kind.rawValue }
  static var singular: String { kind.singular }
}

/// `sluice routes list` and the like.
struct ListResources<Family: ResourceFamily>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "list", abstract: "List the \(Family.plural), in their order.",
      usage: "sluice \(Family.plural) list [<options>]")
  }

  @OptionGroup var server: ServerOptions
  @OptionGroup var format: FormatOptions
  @Option(help: ArgumentHelp("Only those that this owns: file or api.", valueName: "owner")) var owner: String?

  func run() throws {
    try Exit.guarding("\(Family.plural) list") {
      let items = try server.client().list(AdminClient.path(Family.plural), query: [("owner", owner)])
      format.show(.array(items)) { Family.table(items).print() }
    }
  }
}

/// `sluice routes get`
struct GetResource<Family: ResourceFamily>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "get", abstract: "Show one \(Family.singular), as a file would have it.",
      usage: "sluice \(Family.plural) get [<options>] <name>")
  }

  @OptionGroup var server: ServerOptions
  @Option(name: .shortAndLong, help: "yaml or json.") var output = ResultFormat.yaml
  @Flag(help: "With what holds where nothing is said.") var defaults = false
  @Argument(help: "Its name.") var name: String

  func run() throws {
    try Exit.guarding("\(Family.plural) get") {
      let query = [("defaults", defaults ? "true" : nil)]
      let spec = try server.client().send("GET", AdminClient.path(Family.plural, name), query: query).body
      print(output == .json ? spec.text(.indented) + "\n" : YAMLText.text(spec), terminator: "")
    }
  }
}

/// `sluice routes apply`
struct ApplyResources<Family: ResourceFamily>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "apply", abstract: "Make or change \(Family.plural) as a file has them.",
      usage: "sluice \(Family.plural) apply [<options>] -f <file>",
      discussion: "The file, YAML or JSON, has one, a list of them, or a configuration. Each takes effect at once.")
  }

  @OptionGroup var server: ServerOptions
  @Option(name: .shortAndLong, help: ArgumentHelp("The file; - is standard input.", valueName: "file")) var file: String
  @Flag(help: "Check only, change nothing.") var dryRun = false

  func run() throws {
    try Exit.guarding("\(Family.plural) apply") {
      let client = try server.client()
      for (name, spec) in try ResourceFile(file, Family.kind).resources {
        let path = AdminClient.path(Family.plural, name)
        let before = try client.find(path)
        let answer = try client.send("PUT", path, query: [("dry_run", dryRun ? "true" : nil)], .object(spec))
        let done = before == nil ? "created" : before == answer.body ? "unchanged" : "changed"
        print("\(Family.singular) \(name): \(done)\(dryRun ? " (dry run)" : "")")
        for warning in answer.warnings { Console.error("warning: \(warning)") }
      }
    }
  }
}

/// `sluice routes diff`
struct DiffResources<Family: ResourceFamily>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "diff", abstract: "Show what an apply of a file would change.",
      usage: "sluice \(Family.plural) diff [<options>] -f <file>",
      discussion: "Exits with 3 if there is a difference, with 0 if there is none.")
  }

  @OptionGroup var server: ServerOptions
  @Option(name: .shortAndLong, help: ArgumentHelp("The file; - is standard input.", valueName: "file")) var file: String

  func run() throws {
    var isDifferent = false
    try Exit.guarding("\(Family.plural) diff") {
      let client = try server.client()
      for (name, spec) in try ResourceFile(file, Family.kind).resources {
        let path = AdminClient.path(Family.plural, name)
        let before = try client.find(path)
        let after = try client.send("PUT", path, query: [("dry_run", "true")], .object(spec)).body
        guard before != after else { continue }
        isDifferent = true
        print(Terminal.styled("\(Family.singular) \(name)", .bold))
        LineDifference.print(LineDifference.lines(from: before.map(YAMLText.text) ?? "", to: YAMLText.text(after)))
      }
    }
    if isDifferent { throw Exit.difference }
  }
}

/// `sluice routes delete`
struct DeleteResources<Family: ResourceFamily>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "delete", abstract: "Remove \(Family.plural).",
      usage: "sluice \(Family.plural) delete [<options>] <name> ...")
  }

  @OptionGroup var server: ServerOptions
  @Argument(help: "Their names.") var names: [String]
  @Flag(help: "Check only, change nothing.") var dryRun = false

  func run() throws {
    try Exit.guarding("\(Family.plural) delete") {
      let client = try server.client()
      for name in names {
        let query = [("dry_run", dryRun ? "true" : nil)]
        _ = try client.send("DELETE", AdminClient.path(Family.plural, name), query: query)
        print("\(Family.singular) \(name): deleted\(dryRun ? " (dry run)" : "")")
      }
    }
  }
}

extension AdminClient {
  /// nil when there is no such thing.
  func find(_ path: String) throws(Failure) -> JSONValue? {
    do throws(Failure) { return try send("GET", path).body } catch {
      if error.status == 404 { return nil }
      throw error
    }
  }
}
