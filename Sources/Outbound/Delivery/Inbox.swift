internal import Synchronization

/// A backend as it was configured, made and ready.
struct Line: Sendable {
  let options: BackendOptions
  let backend: any Backend
  let meter: Meter
}

/// What the sender's thread is told from outside.
enum Command: Sendable {
  /// These are the backends now; those left out have until `deadline` to send what they hold.
  case update([Line], deadline: ContinuousClock.Instant)
  case pause(String, Bool)
  /// Send what is there, then end; end at `deadline` in any case, and say what was left.
  case drain(until: ContinuousClock.Instant)
}

/// Commands on their way to the sender's thread.
final class Inbox: Sendable {
  private let commands = Mutex<[Command]>([])

  func post(_ command: Command) { commands.withLock { $0.append(command) } }

  func takeAll() -> [Command] {
    commands.withLock { commands in
      defer { commands.removeAll() }
      return commands
    }
  }

  var isEmpty: Bool { commands.withLock { $0.isEmpty } }
}
