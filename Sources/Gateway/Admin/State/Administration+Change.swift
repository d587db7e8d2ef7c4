internal import Config
internal import JSON
internal import Rules

extension Administration {
  /// One change over the API.
  struct Change {
    var caller: Caller
    /// As the audit trail names it.
    var action: String
    var target: String
    /// All that may be changed; nil: anything.
    var resources: [ResourceName]?
    /// Where in the client's body that stands which is wrong in the whole; nil: nowhere.
    var place: @Sendable (_ whole: JSONValue, _ wrong: DocumentPath) -> DocumentPath? = { _, wrong in wrong }
    var isDryRun = false
    /// Why, where nobody has asked for it.
    var reason: String?
    /// On which terms the change is on trial; nil: it is not.
    var watch: Watch.Terms?
    /// Whether it takes back the change that is on trial. No other is made meanwhile.
    var endsWatch = false
    /// What of the whole is noted in the audit trail; nil: what differs.
    var noted: (@Sendable (ConfigurationDocument) -> JSONValue?)?
    /// Changes the resources, or throws why not; sees the state that nobody else can change meanwhile.
    var edit: (inout ManagedResources, State, _ revision: Int) throws(Problem) -> Void
  }

  /// What is to be brought into force.
  struct Adoption {
    var configuration: Configuration
    /// All in which its routes differ from those in force, one after the other; nil: they may be any.
    var routes: [RouteChange]?
    /// Whether nothing but `routes` differs.
    var isRoutesOnly = false
    /// Whether the files that it names are to be read anew.
    var isReload = false
    /// Whether it is only tried.
    var isDryRun = false
  }
}
