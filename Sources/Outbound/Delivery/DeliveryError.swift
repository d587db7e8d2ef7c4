/// Why the backends could not be set as asked; those that were there go on unchanged.
public enum DeliveryError: Error, Equatable, Sendable {
  /// The options of one are wrong.
  case backend(String, BackendError)
  /// A name stands for more than one.
  case duplicate(String)
  /// What is queued under the name is encoded for another type: a new type takes a new name.
  case typeChanged(String, from: String, to: String)
  /// libcurl or the system would not start.
  case unavailable(String)
}
