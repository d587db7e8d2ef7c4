/// Hears what became of a block.
///
/// Called once for each entry that carries it, on whatever thread learnt the outcome, mostly the sender's: the
/// call must not block. An entry whose append was refused never settles.
public protocol Receipt: AnyObject, Sendable {
  func settle(_ outcome: Outcome, backend: String)
}
