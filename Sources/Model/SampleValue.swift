/// Values of samples that mean more than their number. A value travels as its 64 bits, so that no arithmetic quietens
/// a signalling NaN on the way.
public enum SampleValue {
  /// The staleness marker of Prometheus: the series has ended.
  public static let stale: UInt64 = 0x7FF0_0000_0000_0002
  /// NaN as Prometheus writes it.
  public static let notANumber: UInt64 = 0x7FF8_0000_0000_0001
}
