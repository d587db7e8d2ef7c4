/// What the connections of a load share.
struct SendingState: Sendable {
  var counts = LoadCounts()
  var deliveries: [BatchDelivery]
  /// Connections that still work.
  var working: Int
  var isStopped = false
}
