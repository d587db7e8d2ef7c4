/// Durations as they stand in a configuration, for who takes them elsewhere.
public enum DurationText {
  /// Of `0`, `500ms`, `1m30s`; nil for anything else.
  public static func duration(_ text: String) -> Duration? { Quantity.duration(text) }

  /// The shortest text that `duration` reads.
  public static func text(_ duration: Duration) -> String { Quantity.text(duration) }
}
